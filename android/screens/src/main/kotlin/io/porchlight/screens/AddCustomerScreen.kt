package io.porchlight.screens

import io.porchlight.bridge.InputField
import io.porchlight.bridge.Language
import io.porchlight.bridge.PorchlightException

internal data class AddCustomerState(val busy: Boolean = false, val language: Language = Language.ENGLISH, val problem: PorchlightException? = null)

/** Puts somebody on the company's list: a mail asks them. */
internal class AddCustomerScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.AddCustomer,
) : Screen<AddCustomerState>(AddCustomerState(language = languageOfPhone())) {
    override fun build(page: Page): (AddCustomerState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.add_customer_title)) { stack.back() }
        page.text(Type.SECONDARY, context.getString(R.string.add_customer_what), R.color.muted)
        val notice = page.notice()
        val givenName = page.field(R.string.field_given_name, NAME)
        val familyName = page.field(R.string.field_family_name, NAME)
        val email = page.field(R.string.field_email, EMAIL)
        val language = page.choice(R.string.add_customer_language, LANGUAGES.map { context.getString(it.second) }) { at -> change { it.copy(language = LANGUAGES[at].first) } }
        val add = page.primary(R.string.customers_add) { add(email.words, givenName.words, familyName.words) }
        val fields = mapOf(InputField.EMAIL to email, InputField.GIVEN_NAME to givenName, InputField.FAMILY_NAME to familyName)
        return { state ->
            add.isEnabled = !state.busy
            language.choose(LANGUAGES.indexOfFirst { it.first == state.language })
            page.showProblem(FormState(problem = state.problem), notice, fields)
        }
    }

    private fun add(email: String, givenName: String, familyName: String) {
        change { it.copy(busy = true, problem = null) }
        attempt({ problem -> change { it.copy(busy = false, problem = problem) } }) {
            val customer = core.customers.add(route.organization, email, givenName, familyName, state.value.language)
            stack.swap(Route.OneCustomer(customer.id))
        }
    }

    private companion object {
        val LANGUAGES = listOf(Language.ENGLISH to R.string.language_english, Language.GERMAN to R.string.language_german)
    }
}
