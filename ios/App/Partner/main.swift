import PartnerApp

PartnerApp.main()
