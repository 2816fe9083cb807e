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
            val outcome = work()
            jobFinished(parameters, outcome is Outcome.ComeAgain)
            // After the end of this one: to ask for the same job while it runs would stop it.
            if (outcome is Outcome.Next) schedule(this@WorkService, Duration.between(Instant.now(), outcome.at))
        }
        return true
    }

    private sealed interface Outcome {
        data object NothingWaits : Outcome

        /** What waits can be sent from then on. */
        data class Next(val at: Instant) : Outcome

        /** A fault that passes: the system asks again, each time after a longer while. */
        data object ComeAgain : Outcome
    }

    private suspend fun work(): Outcome {
        val opening = (application as PorchlightApplication).opening.first { it !is Opening.Busy }
        val core = (opening as? Opening.Open)?.core ?: return Outcome.ComeAgain
        return try {
            core.porchlight.work(DEADLINE)?.let(Outcome::Next) ?: Outcome.NothingWaits
        } catch (problem: PorchlightException) {
            // It stays in the outbox and in the report; opening the app shows it.
            if (passes(problem)) Outcome.ComeAgain else Outcome.NothingWaits
        }
    }

    /** Nobody's help is needed. */
    private fun passes(problem: PorchlightException) = when (problem) {
        is PorchlightException.Offline, is PorchlightException.ServerUnavailable, is PorchlightException.Internal -> true
        is PorchlightException.Conflict, is PorchlightException.InvalidInput, is PorchlightException.NotAllowed,
        is PorchlightException.NotFound, is PorchlightException.SignInRequired, is PorchlightException.UpdateRequired,
        -> false
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

        /** Asks the system for work after `delay`, with a network, in place of what was asked before; a restart keeps it. */
        internal fun schedule(context: Context, delay: Duration) {
            val job = JobInfo.Builder(JOB, ComponentName(context, WorkService::class.java))
                .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)
                .setMinimumLatency(delay.toMillis().coerceAtLeast(0))
                .setBackoffCriteria(JobInfo.DEFAULT_INITIAL_BACKOFF_MILLIS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)
                .setPersisted(true)
                .build()
            context.getSystemService(JobScheduler::class.java)?.schedule(job)
        }
    }
}
