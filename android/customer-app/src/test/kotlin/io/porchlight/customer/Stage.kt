package io.porchlight.customer

import java.io.BufferedReader
import java.io.File
import org.json.JSONObject

/** The real cloud and simulated devices, in a process of their own (tests/stage): a line of JSON each way. */
class Stage : AutoCloseable {
    private val process = ProcessBuilder(System.getProperty("porchlight.stage"))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start()
    private val answers: BufferedReader = process.inputReader()

    /** Where the cloud is. */
    val places = JSONObject(answers.readLine())

    fun device(password: String? = null, claimCode: Boolean = false, on: Boolean = true): StageDevice {
        val answer = order("device", "password" to (password ?: JSONObject.NULL), "claim_code" to claimCode, "on" to on)
        return StageDevice(answer)
    }

    fun switchOn(device: StageDevice) = order("switch_on", "serial" to device.serial)

    fun switchOff(device: StageDevice) = order("switch_off", "serial" to device.serial)

    fun code(email: String): String = order("code", "email" to email).getString("code")

    /** Registered and verified: its password. */
    fun account(email: String): String = order("account", "email" to email).getString("password")

    fun own(device: StageDevice, password: String) = order("own", "serial" to device.serial, "password" to password)

    /** Founds a partner; its installer, Ana Ruiz, can sign in with this password. */
    fun partner(company: String, email: String): String = order("partner", "company" to company, "email" to email).getString("password")

    /** Somebody with an account becomes the partner's customer. */
    fun customer(email: String) = order("customer", "email" to email)

    /** The partner adds somebody by address, who has not answered. */
    fun add(email: String, givenName: String, familyName: String) = order("add", "email" to email, "given_name" to givenName, "family_name" to familyName)

    /** The partner's installer asks a customer for the whole account. */
    fun ask(email: String, hours: Int, comment: String) = order("ask", "email" to email, "hours" to hours, "comment" to comment)

    /** The time of all requests that wait for an answer is over. */
    fun letRequestsExpire() = order("let_requests_expire")

    /** The minute of all links that were not used is over. */
    fun letCodesExpire() = order("let_codes_expire")

    fun cloudOff() = order("cloud_off")

    fun cloudOn() = order("cloud_on")

    private fun order(what: String, vararg with: Pair<String, Any>): JSONObject {
        val order = JSONObject(mapOf("do" to what, *with))
        process.outputStream.apply { write("$order\n".toByteArray()) }.flush()
        val answer = JSONObject(answers.readLine() ?: error("the stage is gone"))
        check(!answer.has("error")) { "$what: ${answer.getString("error")}" }
        return answer
    }

    override fun close() {
        process.outputStream.close()
        if (!process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)) process.destroyForcibly()
    }
}

class StageDevice(answer: JSONObject) {
    val serial: String = answer.getString("serial")
    val label: String = answer.getString("label")
    val claimCode: String? = answer.optString("claim_code").takeIf { !answer.isNull("claim_code") }
    val picture = File(answer.getString("picture"))
    private val frame = answer.getJSONObject("frame")
    val luma = File(frame.getString("path"))
    val width = frame.getInt("width")
    val height = frame.getInt("height")
}
