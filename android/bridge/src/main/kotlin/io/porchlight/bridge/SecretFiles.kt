package io.porchlight.bridge

import java.io.File
import java.io.FileOutputStream
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.READ

/** Small files of which a crash leaves the former or the new one, never a part; what is removed stays removed. */
internal class SecretFiles(private val folder: File) {
    /** Nothing, if there is none. */
    fun read(name: String): ByteArray? = folder.resolve(name).takeIf { it.exists() }?.readBytes()

    fun write(name: String, bytes: ByteArray) {
        folder.mkdirs()
        val fresh = File.createTempFile("fresh", null, folder)
        FileOutputStream(fresh).use {
            it.write(bytes)
            it.fd.sync()
        }
        Files.move(fresh.toPath(), folder.resolve(name).toPath(), ATOMIC_MOVE)
        sync()
    }

    /** Throws if it is still there: the core must not believe that a secret is gone. */
    fun remove(name: String) {
        if (Files.deleteIfExists(folder.resolve(name).toPath())) sync()
    }

    /** A rename or a removal is on the disk when its folder is. */
    private fun sync() = FileChannel.open(folder.toPath(), READ).use { it.force(true) }
}
