package io.porchlight.customer

import io.porchlight.screens.R

// What people do again and again at the screens of either app.

fun Person.signsIn(email: String, password: String) {
    types(email, R.string.field_email)
    types(password, R.string.field_password)
    presses(R.string.sign_in_action)
}

fun Person.makesAPlace() {
    waitFor(R.string.home_empty_title)
    presses(R.string.home_make_site)
    types("Lake house", R.string.field_site_name)
    presses(R.string.new_site_action)
    waitFor("Lake house")
    waitFor(R.string.home_add_device)
}

/** Types its number, up to where it would be confirmed. */
fun Person.types(device: StageDevice) {
    presses(R.string.home_add_device)
    presses(R.string.scan_enter_manually)
    types(device.serial, R.string.field_serial)
}

fun Person.enters(device: StageDevice) {
    types(device)
    presses(R.string.type_define)
}

fun Person.fillsIn(name: String, password: String) {
    waitFor(R.string.details_has_none)
    types(name, R.string.field_device_name)
    types(password, R.string.field_device_password)
    presses(R.string.details_next)
}
