package io.porchlight.screens

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.graphics.Color
import android.net.Uri
import java.io.ByteArrayOutputStream
import java.io.InputStream
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode

/** Pictures as phones store them, on their way to the core. */
@RunWith(PicturesRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(qualifiers = "en-rUS-w411dp-h891dp-420dpi")
class PickedPictureTest {
    private val resolver = RuntimeEnvironment.getApplication().contentResolver

    private fun picked(picture: InputStream): ByteArray? {
        val place = Uri.parse("content://pictures/1")
        shadowOf(resolver).registerInputStream(place, picture)
        return runBlocking { readPicture(resolver, place) }
    }

    private fun picture(width: Int, height: Int, form: Bitmap.CompressFormat): ByteArray {
        val bitmap = Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888).apply { eraseColor(Color.RED) }
        return ByteArrayOutputStream().also { bitmap.compress(form, 80, it) }.toByteArray()
    }

    private fun sizeOf(jpeg: ByteArray?): Pair<Int, Int> {
        assertEquals("a JPEG", listOf(0xff, 0xd8), jpeg?.take(2)?.map { it.toInt() and 0xff })
        val bitmap = BitmapFactory.decodeByteArray(jpeg, 0, jpeg?.size ?: 0)
        return bitmap.width to bitmap.height
    }

    @Test
    fun a_webp_becomes_a_jpeg_of_the_same_size() {
        assertEquals(640 to 480, sizeOf(picked(picture(640, 480, Bitmap.CompressFormat.WEBP_LOSSY).inputStream())))
    }

    @Test
    fun a_picture_of_5000_pixels_comes_with_half_of_them() {
        assertEquals(2500 to 500, sizeOf(picked(picture(5000, 1000, Bitmap.CompressFormat.PNG).inputStream())))
    }

    @Test
    fun what_the_core_reads_and_what_is_no_picture_comes_as_it_is() {
        val png = picture(64, 64, Bitmap.CompressFormat.PNG)
        assertArrayEquals(png, picked(png.inputStream()))
        val words = "not a picture".toByteArray()
        assertArrayEquals(words, picked(words.inputStream()))
    }

    @Test
    fun a_stream_without_an_end_is_let_go_at_one_byte_more_than_the_core_takes() {
        val endless = object : InputStream() {
            override fun read() = 0
            override fun read(into: ByteArray, at: Int, count: Int) = count
        }
        assertEquals(64 * 1024 * 1024 + 1, picked(endless)?.size)
    }
}
