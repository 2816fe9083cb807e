package io.porchlight.bridge

import android.content.Context

/** What the core needs of a phone. */
class Ports(
    val secrets: SecretStore,
    val clock: Clock,
    val connectivity: Connectivity,
    val signer: Signer,
    val vault: HandoffVault = NoVault,
) {
    companion object {
        /** This phone's own; with the certificates that a store signs our other app with, where they are not this app's. */
        fun of(context: Context, knownCertificates: List<ByteArray> = emptyList()) = Ports(
            KeystoreSecretStore(context),
            PhoneClock(context),
            PhoneConnectivity(context),
            KeystoreSigner(),
            PhoneHandoffVault(context, PARTNER_PROVIDER, knownCertificates),
        )
    }
}

/** The partner app's provider, as its manifest names it. */
private const val PARTNER_PROVIDER = "io.porchlight.partner.handoff"

/** Opens the core on this phone's ports; its files lie where no backup takes them. */
suspend fun openPorchlight(context: Context, configuration: Configuration, ports: Ports): Porchlight {
    val folder = context.noBackupFilesDir.resolve("porchlight").path
    return Porchlight.open(configuration, folder, ports.secrets, ports.clock, ports.connectivity, ports.signer, ports.vault)
}

/** A phone whose apps have no way to each other: it makes no link, and takes none. */
object NoVault : HandoffVault {
    override fun put(entry: ByteArray): Unit = throw PortException.Broken()

    override fun take(): ByteArray? = null
}
