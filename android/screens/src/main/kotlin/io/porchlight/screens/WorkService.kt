package io.porchlight.screens

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.app.job.JobService
import android.content.ComponentName
import android.content.Context
import io.porchlight.bridge.PorchlightException
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch

/** Lets the core send what this phone still owes the cloud, when the app is not on the screen. */
class WorkService : JobService() {
    private val scope = MainScope()

    override fun onStartJob(parameters: JobParameters): Boolean {
        scope.launch {
            work()?.let { schedule(this@WorkService, Duration.between(Instant.now(), it)) }
            jobFinished(parameters, false)
        }
        return true
    }

    /** When to come again; nothing if nothing waits. */
    private suspend fun work(): Instant? {
        val opening = (application as PorchlightApplication).opening.first { it !is Opening.Busy }
        val core = (opening as? Opening.Open)?.core ?: return null
        return try {
            core.porchlight.work(DEADLINE)
        } catch (_: PorchlightException) {
            // It stays in the outbox and in the report; opening the app shows it.
            null
        }
    }

    /** The system takes the time back: what is half sent is sent again, under the same key. */
    override fun onStopJob(parameters: JobParameters): Boolean = true

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    companion object {
        private const val JOB = 1

        /** Jobs have ten minutes; a piece of work needs far less. */
        private val DEADLINE: Duration = Duration.ofMinutes(2)

        /** Asks the system for work after `delay`, with a network, in place of what was asked before. */
        internal fun schedule(context: Context, delay: Duration) {
            val job = JobInfo.Builder(JOB, ComponentName(context, WorkService::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setMinimumLatency(delay.toMillis().coerceAtLeast(0))
                .build()
            context.getSystemService(JobScheduler::class.java)?.schedule(job)
        }
    }
}
