package io.porchlight.screens

import android.os.Bundle
import android.os.Parcelable
import android.util.SparseArray
import android.view.View
import android.view.ViewGroup
import android.widget.EditText

/**
 * What was typed before the phone was rotated or the process ended; secret fields keep nothing. The framework would give
 * it back before the core is open and the fields are there: so it waits for them.
 */
internal class TypedText(saved: Bundle?) {
    @Suppress("DEPRECATION") // Its successor is API 33.
    private var kept: SparseArray<Parcelable>? = saved?.getSparseParcelableArray(TYPED)

    private val of: String? = saved?.getString(OF)

    /** Fills the fields of the screen that it is of, once: another screen has fields of the same name. */
    fun giveBack(views: ViewGroup, screen: Route) {
        val kept = kept ?: return
        if (screen.text() != of) return
        if (!hasFieldOf(views, kept)) return
        this.kept = null
        views.restoreHierarchyState(kept)
    }

    /** The person went elsewhere. */
    fun forget() {
        kept = null
    }

    private fun hasFieldOf(view: View, kept: SparseArray<Parcelable>): Boolean = when (view) {
        is EditText -> kept.indexOfKey(view.id) >= 0
        is ViewGroup -> (0 until view.childCount).any { hasFieldOf(view.getChildAt(it), kept) }
        else -> false
    }

    companion object {
        private const val TYPED = "typed"
        private const val OF = "typed-of"

        fun save(views: ViewGroup, screen: Route, to: Bundle) {
            to.putSparseParcelableArray(TYPED, SparseArray<Parcelable>().also(views::saveHierarchyState))
            to.putString(OF, screen.text())
        }
    }
}
