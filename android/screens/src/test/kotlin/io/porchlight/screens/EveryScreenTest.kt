package io.porchlight.screens

import java.io.File
import org.junit.AfterClass
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

private const val PHONE = "w411dp-h891dp"
private const val SMALL_PHONE = "w320dp-h568dp"

/** Draws every screen in every state as a picture, and looks through it for what a person would miss. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class EveryScreenTest {
    @Test
    @Config(qualifiers = "en-rUS-$PHONE-notnight-420dpi")
    fun a_phone() = look("phone")

    @Test
    @Config(qualifiers = "en-rUS-$PHONE-night-420dpi")
    fun a_phone_in_the_dark() = look("phone-dark")

    @Test
    @Config(qualifiers = "en-rUS-$SMALL_PHONE-notnight-320dpi")
    fun a_small_phone() = look("small")

    @Test
    @Config(qualifiers = "en-rUS-$SMALL_PHONE-night-320dpi")
    fun a_small_phone_in_the_dark() = look("small-dark")

    @Test
    @Config(qualifiers = "de-rDE-$PHONE-notnight-420dpi")
    fun a_phone_in_german() = look("phone-german")

    @Test
    @Config(qualifiers = "de-rDE-$SMALL_PHONE-notnight-320dpi")
    fun a_small_phone_in_german() = look("small-german")

    @Test
    @Config(qualifiers = "en-rUS-$PHONE-notnight-420dpi")
    fun a_phone_with_letters_of_double_size() = look("phone-large", fontScale = 2f)

    @Test
    @Config(qualifiers = "de-rDE-$SMALL_PHONE-night-320dpi")
    fun a_small_phone_in_german_in_the_dark_with_letters_of_double_size() = look("small-german-dark-large", fontScale = 2f)

    @Test
    @Config(qualifiers = "ar-rEG-ldrtl-$PHONE-notnight-420dpi")
    fun a_phone_that_reads_from_right_to_left() = look("phone-right-to-left")

    private fun look(variant: String, fontScale: Float = 1f) {
        RuntimeEnvironment.setFontScale(fontScale)
        val files = everyScreen.map { it to pictures.resolve("android/${it.name}-$variant.png") }
        val found = Studio().use { studio ->
            files.flatMap { (shot, file) ->
                val shown = studio.show(shot)
                shown.paint(file)
                shown.flaws().map { "${shot.name}: $it" }
            }
        }
        assertEquals("$variant:\n" + found.joinToString("\n"), 0, found.size)
        assertEquals("states that look the same in $variant", emptyList<String>(), alike(files.map { it.second }))
    }

    /** Pictures of two states that are the same byte for byte: one of the states was not there. */
    private fun alike(files: List<File>): List<String> = files.groupBy { it.readBytes().toList() }.values
        .map { same -> same.map { it.name.substringBeforeLast(".png") } }
        .filter { it.size > 1 }
        .map { it.joinToString(" = ") }

    companion object {
        private val pictures = File(System.getProperty("porchlight.pictures")).parentFile
        private val variants = listOf(
            "phone", "phone-dark", "small", "small-dark", "phone-german", "small-german", "phone-large", "small-german-dark-large", "phone-right-to-left",
        )

        /** A page to look through them: a row for each state, a column for each phone. */
        @AfterClass
        @JvmStatic
        fun writeIndex() {
            val rows = everyScreen.joinToString("\n") { shot ->
                val cells = variants.joinToString("") { "<td><img loading=lazy src=\"android/${shot.name}-$it.png\" alt=\"${shot.name}, $it\"></td>" }
                "<tr id=\"${shot.name}\"><th>${shot.name}</th>$cells</tr>"
            }
            val heads = variants.joinToString("") { "<th>$it</th>" }
            val style = "body{font:15px sans-serif;background:#888}img{width:200px}th{position:sticky;top:0;left:0;background:#888;text-align:start}td{vertical-align:top}"
            pictures.apply { mkdirs() }.resolve("index.html").writeText(
                "<!doctype html><html lang=en><meta charset=utf-8><title>Every screen</title><style>$style</style><table><thead><tr><th></th>$heads</tr></thead>\n$rows\n</table></html>\n",
            )
        }
    }
}
