package io.porchlight.customer

import io.porchlight.bridge.Clock
import io.porchlight.bridge.Connectivity
import io.porchlight.bridge.HandoffVault
import io.porchlight.bridge.PortException
import io.porchlight.bridge.Ports
import io.porchlight.bridge.ProbeKey
import io.porchlight.bridge.SecretStore
import io.porchlight.bridge.Signer
import java.time.Duration
import java.time.Instant
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicReference

/**
 * A phone's Keystore, keys, radio and clock, in memory: they outlive the app's process, as on a phone. Both apps of a phone
 * share the vault and the clock; alone, an app has its own.
 */
class TestPhone(private val vault: HandoffVault = MemoryVault(), val clock: TestClock = TestClock()) {
    val secrets = MemorySecrets()
    val radio = Radio()
    private val signer = MemorySigner()

    fun ports() = Ports(secrets, clock, radio, signer, vault)
}

class MemorySecrets : SecretStore {
    private val kept = ConcurrentHashMap<String, ByteArray>()

    override fun load(name: String): ByteArray = kept[name]?.clone() ?: throw PortException.Missing()

    override fun save(name: String, value: ByteArray) {
        kept[name] = value.clone()
    }

    override fun remove(name: String) {
        kept.remove(name)
    }
}

class MemoryVault : HandoffVault {
    private val kept = AtomicReference<ByteArray?>()

    override fun put(entry: ByteArray) = kept.set(entry.clone())

    override fun take(): ByteArray? = kept.getAndSet(null)
}

class Radio : Connectivity {
    @Volatile var online = true

    override fun isOnline() = online
}

private class MemorySigner : Signer {
    private val keys = ConcurrentHashMap<String, ProbeKey>()

    override fun create(name: String): ByteArray = ProbeKey.generate().also { keys[name] = it }.publicKey()

    override fun publicKey(name: String): ByteArray = key(name).publicKey()

    override fun sign(name: String, bytes: ByteArray): ByteArray = key(name).sign(bytes)

    override fun remove(name: String) {
        keys.remove(name)
    }

    private fun key(name: String) = keys[name] ?: throw PortException.Missing()
}

/** The machine's clocks, wrong by as much as a test wants. */
class TestClock : Clock {
    /** How far off the time of day is. */
    @Volatile var wrongBy: Duration = Duration.ZERO

    /** How long the phone slept. */
    @Volatile var slept: Duration = Duration.ZERO

    override fun wallTime(): Instant = Instant.now() + wrongBy
    override fun elapsed(): Duration = Duration.ofNanos(System.nanoTime()) + slept
    override fun bootId() = "jvm"
}
