package io.porchlight.bridge

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import java.time.Duration
import java.time.Instant

/** The phone's clocks. `elapsedRealtime` runs on while the phone sleeps. */
internal class PhoneClock(private val context: Context) : Clock {
    override fun wallTime(): Instant = Instant.now()

    override fun elapsed(): Duration = Duration.ofMillis(SystemClock.elapsedRealtime())

    override fun bootId(): String = Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, 0).toString()
}
