package io.porchlight.bridge

import android.content.Context
import android.net.ConnectivityManager
import android.net.Network
import android.net.NetworkCapabilities
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.conflate

/** The phone's view of its network; in doubt it is online. */
internal class PhoneConnectivity(context: Context) : Connectivity {
    private val networks = context.getSystemService(ConnectivityManager::class.java)

    override fun isOnline(): Boolean {
        val networks = networks ?: return true
        val capabilities = networks.getNetworkCapabilities(networks.activeNetwork)
        return capabilities?.hasCapability(NetworkCapabilities.NET_CAPABILITY_INTERNET) ?: false
    }
}

/** The network came, went or is another. */
fun networkChanges(context: Context): Flow<Unit> = callbackFlow {
    val networks = context.getSystemService(ConnectivityManager::class.java)
    val callback = object : ConnectivityManager.NetworkCallback() {
        override fun onAvailable(network: Network) {
            trySend(Unit)
        }

        override fun onLost(network: Network) {
            trySend(Unit)
        }
    }
    networks?.registerDefaultNetworkCallback(callback)
    awaitClose { networks?.unregisterNetworkCallback(callback) }
}.conflate()
