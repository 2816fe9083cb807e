package io.porchlight.screens

import android.content.Context
import android.text.InputType
import io.porchlight.bridge.AccessRequest
import io.porchlight.bridge.AccessScope
import io.porchlight.bridge.Act
import io.porchlight.bridge.Grant
import io.porchlight.bridge.Permission
import io.porchlight.bridge.Person
import java.time.Duration

// The words of working in somebody else's account.

internal const val COMMENT = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES or InputType.TYPE_TEXT_FLAG_MULTI_LINE

internal val Person.fullName get() = "$givenName $familyName"

internal fun permissionName(permission: Permission): Int = when (permission) {
    Permission.SITE_READ -> R.string.permission_site_read
    Permission.SITE_CREATE -> R.string.permission_site_create
    Permission.SITE_CHANGE -> R.string.permission_site_change
    Permission.DEVICE_ADD -> R.string.permission_device_add
    Permission.DEVICE_CHANGE -> R.string.permission_device_change
    Permission.VIDEO_WATCH -> R.string.permission_video_watch
    // No consent lists the others; one of a newer cloud is said to be one.
    else -> R.string.permission_unknown
}

internal fun Context.permissionsOf(permissions: List<Permission>): String =
    permissions.joinToString("\n") { "• " + getString(permissionName(it)) }

/** "1 hour", "3 days". */
internal fun Context.spellSpan(span: Duration): String {
    val hours = span.toHours().toInt()
    return if (hours <= 24) resources.getQuantityString(R.plurals.hours, hours, hours) else resources.getQuantityString(R.plurals.days, hours / 24, hours / 24)
}

/** On what somebody asks to work. */
internal fun Context.scopeOf(request: AccessRequest): String = scopeOf(request.scope, request.scopeName)

internal fun Context.scopeOf(grant: Grant): String = scopeOf(grant.scope, grant.scopeName)

/** A place without a name is gone; one of a newer cloud's kinds is never said to be the whole account. */
private fun Context.scopeOf(scope: AccessScope, name: String?): String = when (scope) {
    is AccessScope.Account -> getString(R.string.scope_account_of)
    is AccessScope.Site -> name?.let { getString(R.string.scope_site, it) } ?: getString(R.string.scope_gone)
    is AccessScope.Device -> name?.let { getString(R.string.scope_device, it) } ?: getString(R.string.scope_gone)
    is AccessScope.Unknown -> getString(R.string.scope_unknown)
}

/** What was done, as a person would say it; of what this app has no words for, that something was. */
internal fun Context.wordsFor(act: Act): String {
    val words = ACTS[act.what] ?: return getString(R.string.act_unknown)
    val said = getString(words, act.name ?: getString(R.string.act_it))
    return whom(act)?.let { getString(R.string.act_about, said, it) } ?: said
}

/** Whom it was about, unless that is who did it. */
private fun Context.whom(act: Act): String? {
    val about = act.about?.takeIf { it.person == null || it.person?.id != act.actor?.id } ?: return null
    return about.person?.let { getString(R.string.act_by_company, it.fullName, about.company.name) } ?: about.company.name
}

private val ACTS = mapOf(
    "account.made" to R.string.did_account_made,
    "account.disabled" to R.string.did_account_disabled,
    "account.enabled" to R.string.did_account_enabled,
    "password.changed" to R.string.did_password_changed,
    "password.taken" to R.string.did_password_taken,
    "membership.began" to R.string.did_membership_began,
    "membership.ended" to R.string.did_membership_ended,
    "session.began" to R.string.did_session_began,
    "session.ended" to R.string.did_session_ended,
    "site.made" to R.string.did_site_made,
    "site.changed" to R.string.did_site_changed,
    "device.added" to R.string.did_device_added,
    "device.renamed" to R.string.did_device_renamed,
    "device.moved" to R.string.did_device_moved,
    "device.released" to R.string.did_device_released,
    "device.claim_tried" to R.string.did_device_claim_tried,
    "access.asked" to R.string.did_access_asked,
    "access.withdrawn" to R.string.did_access_withdrawn,
    "access.granted" to R.string.did_access_granted,
    "access.declined" to R.string.did_access_declined,
    "access.expired" to R.string.did_access_expired,
    "access.ended" to R.string.did_access_ended,
    "access.blocked" to R.string.did_access_blocked,
    "access.unblocked" to R.string.did_access_unblocked,
    "customer.added" to R.string.did_customer_added,
    "customer.confirmed" to R.string.did_customer_confirmed,
    "customer.refused" to R.string.did_customer_refused,
)
