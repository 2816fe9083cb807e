package io.porchlight.customer

import android.app.Application
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.changes
import io.porchlight.bridge.probeAliveObjects
import io.porchlight.bridge.probeAliveTasks
import io.porchlight.bridge.scanLabels
import io.porchlight.bridge.states
import kotlinx.coroutines.flow.first
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.annotation.Config

private const val CYCLES = 1_000
private const val PATIENCE_MS = 10_000L

/** What is opened and closed is gone, on both sides of the bindings. */
@RunWith(CoreTestRunner::class)
@Config(application = Application::class)
class LeakTest {
    @Test
    fun a_thousand_times_opened_and_closed_leaves_nothing_behind() = SignedInPhone().use { phone ->
        // What is made once, at the first time, is no leak.
        repeat(10) { openAndClose(phone) }
        val before = settled()
        repeat(CYCLES) { openAndClose(phone) }
        assertEquals(emptyMap<String, Long>(), settled(before).more(before))
    }

    private fun openAndClose(phone: SignedInPhone) = soon {
        phone.profile.session().use { it.states().first() }
        phone.profile.sites().use { it.changes().first() }
        phone.profile.devices().use {
            it.changes().first()
            it.window(DeviceSection.VIDEO, phone.site.id, 0u, 20u)
        }
        phone.profile.addDevice(DeviceSection.VIDEO, phone.site.id).use { flow ->
            flow.scanLabels {}.use { flow.states().first() }
            flow.cancel()
        }
    }

    /** What there is more of than before. There may be less: what the first cycles left may have been collected since. */
    private fun Map<String, Long>.more(before: Map<String, Long>) = filter { (kind, count) -> count > before.getValue(kind) }

    /** Counts until they stand still, or are no more than was hoped for: what ends does so on other threads. */
    private fun settled(hoped: Map<String, Long>? = null): Map<String, Long> {
        val until = System.currentTimeMillis() + PATIENCE_MS
        var former = alive()
        while (System.currentTimeMillis() < until) {
            Thread.sleep(200)
            val now = alive()
            val isSettled = hoped?.let { now.more(it).isEmpty() } ?: (now == former)
            if (isSettled) return now
            former = now
        }
        return former
    }

    private fun alive(): Map<String, Long> = FOREIGN.associateWith(::handles) +
        ("tasks" to probeAliveTasks().toLong()) + ("objects" to probeAliveObjects().toLong())

    /** How many objects of ours the core holds: the size of the generated handle map, which is the bridge's own. */
    private fun handles(kind: String): Long {
        val converter = Class.forName("io.porchlight.bridge.FfiConverterType$kind")
        val map = converter.methods.first { it.name.startsWith("getHandleMap") }.invoke(converter.getField("INSTANCE").get(null))
        return (map.javaClass.methods.first { it.name == "getSize" }.invoke(map) as Int).toLong()
    }

    private companion object {
        val FOREIGN = listOf(
            "SessionListener", "AddDeviceListener", "ListListener", "ViewfinderListener", "SecretStore", "Clock", "Connectivity", "Signer",
        )
    }
}
