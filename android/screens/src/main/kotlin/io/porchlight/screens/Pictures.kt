package io.porchlight.screens

import android.content.ContentResolver
import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.net.Uri
import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

private const val LONGEST_SIDE = 4096
private const val QUALITY = 92

/** A picture that a person picked, at most 4096 pixels on its long side; nothing if it cannot be read. */
internal suspend fun readPicture(resolver: ContentResolver, place: Uri): ByteArray? = withContext(Dispatchers.IO) {
    try {
        resolver.openInputStream(place)?.use { shrunk(it.readBytes()) }
    } catch (_: IOException) {
        null
    } catch (_: SecurityException) {
        null
    }
}

/** As it is, if it is small enough; else half the size, as often as needed. What is no picture is left to the core to say. */
private fun shrunk(bytes: ByteArray): ByteArray {
    val options = BitmapFactory.Options().apply { inJustDecodeBounds = true }
    BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options)
    val longest = maxOf(options.outWidth, options.outHeight)
    if (longest <= LONGEST_SIDE) return bytes
    options.inJustDecodeBounds = false
    while (longest / options.inSampleSize.coerceAtLeast(1) > LONGEST_SIDE) {
        options.inSampleSize = options.inSampleSize.coerceAtLeast(1) * 2
    }
    val picture = BitmapFactory.decodeByteArray(bytes, 0, bytes.size, options) ?: return bytes
    return ByteArrayOutputStream().also { picture.compress(Bitmap.CompressFormat.JPEG, QUALITY, it) }.toByteArray()
}
