package io.porchlight.screens

import android.content.Context
import android.text.Editable
import android.text.InputType
import android.text.TextWatcher
import android.text.method.PasswordTransformationMethod
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.LinearLayout

/** A field, its name, and what is wrong with it. */
internal class Field(private val context: Context, private val name: Int, input: Int, autofill: String?) {
    private val problem = Problem(context)
    private val isSecret = input and InputType.TYPE_TEXT_VARIATION_PASSWORD != 0
    val edit = EditText(context).apply {
        id = name
        inputType = input
        textSize = Type.BODY.sp
        setTextColor(context.getColor(R.color.text))
        textAlignment = View.TEXT_ALIGNMENT_VIEW_START
        background = context.rounded(R.color.raised, 10, R.color.outline)
        setPaddingRelative(context.dp(12), context.dp(12), context.dp(if (isSecret) 56 else 12), context.dp(12))
        minHeight = context.dp(48)
        if (autofill != null) setAutofillHints(autofill)
        // What is secret is not written into the state that the system keeps.
        isSaveEnabled = !isSecret
    }
    private val eye: ImageView = context.iconButton(R.drawable.ic_show, "", R.color.muted) { reveal(!isRevealed) }
    val view: LinearLayout = context.column().apply {
        val label = context.textView(Type.SECONDARY, R.color.muted).apply {
            setText(name)
            labelFor = edit.id
        }
        put(label)
        put(if (isSecret) withEye() else edit, 4)
        put(problem.view, 4)
    }
    val words: String get() = edit.text.toString()
    val isWrong: Boolean get() = problem.view.visibility == View.VISIBLE
    private var isRevealed = false

    init {
        if (isSecret) reveal(false)
    }

    private fun withEye() = FrameLayout(context).apply {
        addView(edit, FrameLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        addView(eye, FrameLayout.LayoutParams(context.dp(48), context.dp(48), Gravity.END or Gravity.CENTER_VERTICAL))
    }

    /** Only how it is drawn: to the keyboard and the system it stays a password. */
    private fun reveal(yes: Boolean) {
        isRevealed = yes
        val at = edit.selectionStart
        edit.transformationMethod = if (yes) null else PasswordTransformationMethod.getInstance()
        if (at >= 0) edit.setSelection(at)
        eye.setImageResource(if (yes) R.drawable.ic_hide else R.drawable.ic_show)
        eye.contentDescription = context.getString(if (yes) R.string.password_hide else R.string.password_show, context.getString(name))
    }

    fun fill(words: String) {
        if (this.words != words) edit.setText(words)
    }

    fun wrong(words: CharSequence?) {
        problem.say(words)
        edit.background = context.rounded(R.color.raised, 10, if (words == null) R.color.outline else R.color.danger)
    }

    fun onType(heard: (String) -> Unit) = edit.addTextChangedListener(object : TextWatcher {
        override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
        override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit
        override fun afterTextChanged(text: Editable) = heard(text.toString())
    })
}

/** What is wrong with what stands above it: a sign and words. */
internal class Problem(context: Context) {
    private val words = context.textView(Type.SECONDARY, R.color.danger).apply {
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }
    val view: LinearLayout = context.row().apply {
        gravity = Gravity.TOP
        addView(context.icon(R.drawable.ic_error, R.color.danger, 20))
        putWide(words, 6)
        shown(false)
    }

    fun say(words: CharSequence?) {
        view.shown(words != null)
        this.words.say(words)
    }
}
