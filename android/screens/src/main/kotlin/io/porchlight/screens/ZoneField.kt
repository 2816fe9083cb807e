package io.porchlight.screens

import android.app.AlertDialog
import android.text.InputType
import android.view.View
import android.widget.ArrayAdapter
import android.widget.LinearLayout
import android.widget.ListView
import io.porchlight.bridge.Profile

/** How many zones a search shows. */
private const val ZONES_SHOWN = 20u

/** The time zone as a field that opens a search. */
internal class ZoneField(private val page: Page, private val profile: Profile, private val onChoose: (String) -> Unit) {
    private val chosen = page.context.textView(Type.BODY)
    private val problem = page.context.textView(Type.SECONDARY, R.color.danger)
    val view: LinearLayout = page.context.column().apply {
        put(context.textView(Type.SECONDARY, R.color.muted).apply { setText(R.string.field_time_zone) })
        put(context.row().apply {
            id = R.string.field_time_zone
            background = context.touchable(context.rounded(R.color.raised, 10, R.color.outline))
            setPadding(context.dp(12), 0, context.dp(12), 0)
            minimumHeight = context.dp(48)
            isFocusable = true
            accessibilityDelegate = AsButton
            putWide(chosen)
            addView(context.icon(R.drawable.ic_down, R.color.muted))
            setOnClickListener { search() }
        }, 4)
        put(problem, 4)
    }

    init {
        problem.say(null)
    }

    fun show(zone: String, wrong: CharSequence? = null) {
        chosen.text = zone.replace('_', ' ')
        (chosen.parent as View).contentDescription = page.context.getString(R.string.zone_chosen, zone)
        problem.say(wrong)
    }

    private fun search() {
        val context = page.context
        val found = ArrayAdapter<Zone>(context, android.R.layout.simple_list_item_1, ArrayList(zones(profile, "")))
        val field = Field(context, R.string.zone_search, InputType.TYPE_CLASS_TEXT, null)
        field.onType { typed ->
            found.clear()
            found.addAll(zones(profile, typed))
        }
        val list = ListView(context).apply {
            adapter = found
            id = R.id.zones
        }
        val content = context.column().apply {
            setPadding(context.dp(16), context.dp(8), context.dp(16), 0)
            put(field.view)
            put(list, 8, height = context.dp(320), weight = 1f)
        }
        val dialog = AlertDialog.Builder(context).setTitle(R.string.field_time_zone).setView(content)
            .setNegativeButton(R.string.cancel, null).create()
        list.setOnItemClickListener { _, _, at, _ ->
            found.getItem(at)?.let { onChoose(it.name) }
            dialog.dismiss()
        }
        dialog.show()
    }
}

/** A zone as a list shows it. */
private class Zone(val name: String) {
    override fun toString() = name.replace('_', ' ')
}

private fun zones(profile: Profile, typed: String) = profile.findTimeZones(typed, ZONES_SHOWN).map(::Zone)

internal fun Page.zoneField(profile: Profile, onChoose: (String) -> Unit) = ZoneField(this, profile, onChoose).also { content.put(it.view, 12) }
