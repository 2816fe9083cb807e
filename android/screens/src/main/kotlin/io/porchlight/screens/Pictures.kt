package io.porchlight.screens

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.net.Uri
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

private const val LONGEST_SIDE = 4096
private const val QUALITY = 92

/** One more than the core takes: it says that it is too much. */
private const val MOST_BYTES = 64 * 1024 * 1024 + 1

private val PNG = byteArrayOf(0x89.toByte(), 'P'.code.toByte(), 'N'.code.toByte(), 'G'.code.toByte())
private val JPEG = byteArrayOf(0xff.toByte(), 0xd8.toByte(), 0xff.toByte())

/**
 * A picture that a person picked, as the core reads it: PNG or JPEG, at most 4096 pixels on its long side. What a phone
 * stores otherwise (HEIC, WebP) is made a JPEG by the phone's own decoder. Nothing if it cannot be read.
 */
internal suspend fun readPicture(resolver: ContentResolver, place: Uri): ByteArray? = withContext(Dispatchers.IO) {
    try {
        resolver.openInputStream(place)?.use { forTheCore(it.readAtMost(MOST_BYTES)) }
    } catch (_: IOException) {
        null
    } catch (_: SecurityException) {
        null
    }
}

/** Whoever offers the picture may send without an end. */
private fun InputStream.readAtMost(most: Int): ByteArray {
    val bytes = ByteArrayOutputStream()
    val part = ByteArray(DEFAULT_BUFFER_SIZE)
    while (bytes.size() < most) {
        val count = read(part, 0, minOf(part.size, most - bytes.size()))
        if (count < 0) break
        bytes.write(part, 0, count)
    }
    return bytes.toByteArray()
}

/** As it is, if the core can take it; else a JPEG, half the size as often as needed. What is no picture is left to the core to say. */
private fun forTheCore(bytes: ByteArray): ByteArray {
    if (bytes.size == MOST_BYTES) return bytes
    val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options)
    val longest = maxOf(options.outWidth, options.outHeight)
    val isReadable = listOf(PNG, JPEG).any { bytes.take(it.size) == it.asList() }
    if (longest <= LONGEST_SIDE && isReadable) return bytes
    options.inJustDecodeBounds = false
    options.inSampleSize = generateSequence(1) { it * 2 }.first { longest / it <= LONGEST_SIDE }
    val picture = BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options) ?: return bytes
    val jpeg = ByteArrayOutputStream().also { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }
    picture.recycle()
    return jpeg.toByteArray()
}
