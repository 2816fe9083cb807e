import CustomerApp

CustomerApp.main()
