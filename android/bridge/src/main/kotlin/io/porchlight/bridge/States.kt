package io.porchlight.bridge

import kotlinx.coroutines.channels.Channel.Factory.UNLIMITED
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate

// Each flow of the core has one listener; collecting sets it, the end of collecting lets it go. Calls come on the
// core's threads: the collector's dispatcher decides where a screen sees them.

/** Every state of the session, the current one first. */
fun SessionFlow.states(): Flow<SessionState> = callbackFlow {
    val subscription = listen(object : SessionListener {
        override fun onState(state: SessionState) {
            trySend(state)
        }
    })
    awaitClose { subscription.destroy() }
}.buffer(UNLIMITED)

/** Every state of adding a device, in order, the current one first. */
fun AddDeviceFlow.states(): Flow<AddDeviceState> = callbackFlow {
    val subscription = listen(object : AddDeviceListener {
        override fun onState(state: AddDeviceState) {
            trySend(state)
        }
    })
    awaitClose { subscription.destroy() }
}.buffer(UNLIMITED)

/** Every state of a handoff, in order, the current one first. */
fun HandoffFlow.states(): Flow<HandoffState> = callbackFlow {
    val subscription = listen(object : HandoffListener {
        override fun onState(state: HandoffState) {
            trySend(state)
        }
    })
    awaitClose { subscription.destroy() }
}.buffer(UNLIMITED)

/** Every state of acting in a customer's account, in order, the current one first. */
fun DelegatedSession.states(): Flow<DelegatedState> = callbackFlow {
    val subscription = listen(object : DelegatedListener {
        override fun onState(state: DelegatedState) {
            trySend(state)
        }
    })
    awaitClose { subscription.destroy() }
}.buffer(UNLIMITED)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun SiteList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun DeviceList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun CustomerList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun OfferList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun MembershipList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun RequestList.changes(): Flow<Unit> = changesOf(::listen)

/** Something in the list is different: ask for its window again. The latest change always comes. */
fun GrantList.changes(): Flow<Unit> = changesOf(::listen)

/** Something happened in the account: read the newest page again. */
fun HistoryList.changes(): Flow<Unit> = changesOf(::listen)

private fun changesOf(listen: (ListListener) -> Subscription): Flow<Unit> = callbackFlow {
    val subscription = listen(object : ListListener {
        override fun onChange() {
            trySend(Unit)
        }
    })
    awaitClose { subscription.destroy() }
}.conflate()

/** A scanner for a camera; `onSeen` hears what its frames show, on a thread of the core. Destroy it with the camera. */
fun AddDeviceFlow.scanLabels(onSeen: (List<SeenCode>) -> Unit): LabelScanner = labelScanner(object : ViewfinderListener {
    override fun onSeen(codes: List<SeenCode>) = onSeen(codes)
})
