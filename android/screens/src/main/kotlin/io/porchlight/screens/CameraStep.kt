package io.porchlight.screens

import io.porchlight.screens.CameraDeed.CLOSE
import io.porchlight.screens.CameraDeed.CLOSE_AND_TELL
import io.porchlight.screens.CameraDeed.NOTHING

/**
 * How far one run of the camera is. The system opens it in its own time, and what was asked for comes after it is not
 * wanted any more: an opening cannot be called back, so its end is waited for and then closed.
 */
internal enum class CameraStep { WAITING, OPENING, OPEN, UNWANTED, CLOSED }

internal enum class CameraEvent {
    /** There is something to draw on. */
    AVAILABLE,
    OPENED,

    /** It could not be opened, or another app took it. */
    LOST,
    UNWANTED,
}

internal enum class CameraDeed { NOTHING, OPEN, RUN, CLOSE, CLOSE_AND_TELL }

/** What an event leads to, and what is to be done about it. */
internal fun CameraStep.on(event: CameraEvent): Pair<CameraStep, CameraDeed> = when (this) {
    CameraStep.WAITING -> when (event) {
        CameraEvent.AVAILABLE -> CameraStep.OPENING to CameraDeed.OPEN
        CameraEvent.LOST -> CameraStep.CLOSED to CLOSE_AND_TELL
        CameraEvent.UNWANTED -> CameraStep.CLOSED to CLOSE
        CameraEvent.OPENED -> this to NOTHING
    }
    CameraStep.OPENING -> when (event) {
        CameraEvent.OPENED -> CameraStep.OPEN to CameraDeed.RUN
        CameraEvent.LOST -> CameraStep.CLOSED to CLOSE_AND_TELL
        CameraEvent.UNWANTED -> CameraStep.UNWANTED to NOTHING
        CameraEvent.AVAILABLE -> this to NOTHING
    }
    CameraStep.OPEN -> when (event) {
        CameraEvent.LOST -> CameraStep.CLOSED to CLOSE_AND_TELL
        CameraEvent.UNWANTED -> CameraStep.CLOSED to CLOSE
        CameraEvent.AVAILABLE, CameraEvent.OPENED -> this to NOTHING
    }
    CameraStep.UNWANTED -> when (event) {
        CameraEvent.OPENED, CameraEvent.LOST -> CameraStep.CLOSED to CLOSE
        CameraEvent.AVAILABLE, CameraEvent.UNWANTED -> this to NOTHING
    }
    CameraStep.CLOSED -> this to NOTHING
}
