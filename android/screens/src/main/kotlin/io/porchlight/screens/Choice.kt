package io.porchlight.screens

import android.content.Context
import android.view.View
import android.widget.CheckBox
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.RadioGroup

/** One of a few, under a heading. */
internal class Choice(private val context: Context, name: Int, private val onChoose: (Int) -> Unit) {
    private val group = RadioGroup(context)
    val view: LinearLayout = context.column().apply {
        put(context.textView(Type.SECONDARY, R.color.muted).apply { setText(name) }, 12)
        put(group)
    }
    private var names: List<String> = emptyList()

    fun offer(names: List<String>) {
        if (names == this.names) return
        this.names = names
        group.removeAllViews()
        names.forEachIndexed { at, words -> group.addView(button(at, words)) }
    }

    private fun button(at: Int, words: String) = RadioButton(context).apply {
        id = View.generateViewId()
        text = words
        plain()
        setOnClickListener { onChoose(at) }
    }

    /** None, if there is nothing at this place. */
    fun choose(at: Int) {
        (group.getChildAt(at) as? RadioButton)?.let { it.isChecked = true } ?: group.clearCheck()
    }
}

internal fun Page.choice(name: Int, names: List<String> = emptyList(), onChoose: (Int) -> Unit) =
    Choice(context, name, onChoose).also {
        it.offer(names)
        content.put(it.view)
    }

/** One of several that can be chosen together. */
internal fun Context.tick(words: CharSequence, checked: Boolean, enabled: Boolean, onChange: (Boolean) -> Unit) = CheckBox(this).apply {
    text = words
    isChecked = checked
    isEnabled = enabled
    plain()
    setOnCheckedChangeListener { _, on -> onChange(on) }
}

private fun android.widget.CompoundButton.plain() {
    textSize = Type.BODY.sp
    setTextColor(context.whenEnabled(R.color.text, R.color.muted))
    minHeight = context.dp(48)
}
