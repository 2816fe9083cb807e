package io.porchlight.screens

import android.content.Context
import android.widget.LinearLayout
import io.porchlight.bridge.Customer
import io.porchlight.bridge.CustomerState
import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class CustomerScreenState(val customer: Customer? = null, val busy: Boolean = false, val problem: PorchlightException? = null)

/** One customer: ask for access, work with it, give it back. */
internal class CustomerScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.OneCustomer,
) : Screen<CustomerScreenState>(CustomerScreenState()) {
    init {
        scope.launch { core.accessChanges.collectLatest { read() } }
    }

    private suspend fun read() = trying(::failed) {
        val customer = core.customers.get(route.customer)
        change { it.copy(customer = customer) }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    override fun build(page: Page): (CustomerScreenState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.customer_title)) { stack.back() }
        val spinner = page.spinner(R.string.waiting)
        val name = page.text(Type.TITLE, top = 8)
        val email = page.text(Type.BODY, color = R.color.muted)
        val access = context.column()
        page.content.put(access, 12)
        val hint = page.text(Type.SECONDARY, color = R.color.muted)
        val notice = page.notice()
        val links = context.column()
        page.content.put(links, 8)
        val main = page.primary(R.string.customer_ask) { mainAction(page) }
        return { state ->
            val customer = state.customer
            spinner.shown(customer == null && state.problem == null)
            name.say(customer?.fullName)
            email.say(customer?.email)
            access.removeAllViews()
            customer?.let { access.put(context.accessRow(it)) }
            hint.say(customer?.let { context.hintFor(it) })
            main.setText(customer?.let { it.action } ?: R.string.customer_ask)
            main.shown(customer?.action != null)
            main.isEnabled = !state.busy
            links.removeAllViews()
            customer?.let { offer(context, links, it) }
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }

    /** What else can be done: a yes can be asked for again and given back, a question taken back. */
    private fun offer(context: Context, links: LinearLayout, customer: Customer) {
        fun link(words: Int, deed: () -> Unit) = links.put(context.button(words, R.color.primary, context.rounded(R.color.raised, 10), deed), 8)
        customer.pending?.let { request -> link(R.string.customer_withdraw) { attemptAlone { core.requests.withdraw(request) } } }
        if (customer.state == CustomerState.CONFIRMED && customer.grant != null) {
            link(R.string.customer_ask) { stack.go(Route.AskForAccess(customer.id)) }
        }
        customer.grant?.let { grant ->
            link(R.string.customer_history) { stack.go(Route.History(grant)) }
            link(R.string.customer_release) { attemptAlone { core.grants.end(grant) } }
        }
    }

    private fun attemptAlone(deed: suspend () -> Unit) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            deed()
            change { it.copy(busy = false) }
        }
    }

    private fun mainAction(page: Page) {
        val customer = state.value.customer ?: return
        val grant = customer.grant
        when {
            grant == null -> stack.go(Route.AskForAccess(customer.id))
            customer.state == CustomerState.WAITING -> attemptAlone { core.porchlight.workHere(grant) }
            else -> attemptAlone { core.profile.openCustomerApp(grant, (page.context as MainActivity).customerApp()) }
        }
    }
}

/** The one main action: link where there is access, ask where there can be. */
private val Customer.action: Int?
    get() = when {
        grant != null && state == CustomerState.WAITING -> R.string.customer_prepare
        grant != null -> R.string.customer_open
        state == CustomerState.CONFIRMED && pending == null -> R.string.customer_ask
        else -> null
    }

private fun Context.hintFor(customer: Customer): String? = when {
    customer.state == CustomerState.REFUSED -> getString(R.string.customer_refused_hint)
    customer.state == CustomerState.WAITING -> getString(R.string.customer_waiting_hint)
    customer.grant != null -> getString(R.string.customer_open_hint, customer.fullName)
    customer.pending != null -> getString(R.string.customer_asked_hint)
    else -> getString(R.string.customer_ask_hint)
}
