package io.porchlight.screens

import android.content.Context
import android.widget.LinearLayout
import io.porchlight.bridge.Customer
import io.porchlight.bridge.CustomerState
import io.porchlight.bridge.CustomerWindow
import io.porchlight.bridge.Membership
import io.porchlight.bridge.OrganizationKind
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.RequestState
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.launch

internal data class CustomersState(
    val loading: Boolean = true,
    /** Where the person is an installer; none: nobody has taken them in yet. */
    val companies: List<Membership> = emptyList(),
    val customers: List<Customer> = emptyList(),
    val total: Int = 0,
    val age: ListAge = ListAge(),
    val problem: PorchlightException? = null,
) {
    /** Whose customer it is, where that is a question. */
    fun companyOf(customer: Customer): String? = companies.takeIf { it.size > 1 }?.find { it.organization == customer.organization }?.name
}

/** How many are shown at first, and how many more at each wish. */
private const val PART = 50

/** What one window of the core holds. */
private const val MOST = 200

/** The partner app's first screen: whom the company works for, and what may be done there. */
internal class CustomersScreen(private val core: OpenCore, private val stack: Stack) : Screen<CustomersState>(CustomersState()) {
    override val route = Route.Customers
    private val wanted = MutableStateFlow(PART)
    private val ages = ListAges()

    init {
        scope.launch { combine(core.accessChanges, wanted) { _, wanted -> wanted }.collectLatest(::read) }
    }

    private suspend fun read(wanted: Int) = trying({ problem -> change { it.copy(loading = false, problem = problem) } }) {
        val companies = core.memberships.window(0u, MOST.toUInt()).items.filter { it.kind == OrganizationKind.PARTNER }
        val window = firstOf(wanted)
        val isLoading = window.asOf == null && window.items.isEmpty()
        ages.follow(window.connection, window.asOf) { age ->
            change { CustomersState(isLoading, companies, window.items, window.total.toInt(), age) }
        }
    }

    /** The list from its beginning, as many of it as are wanted, read on by offset where that is more than one window holds. */
    private suspend fun firstOf(wanted: Int): CustomerWindow {
        var customers = emptyList<Customer>()
        while (true) {
            val window = core.customers.window(null, customers.size.toUInt(), (wanted - customers.size).coerceAtMost(MOST).toUInt())
            customers += window.items
            if (window.items.isEmpty() || customers.size >= minOf(wanted, window.total.toInt())) return window.copy(items = customers)
        }
    }

    override fun build(page: Page): (CustomersState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.customers_title))
        val add = context.iconButton(R.drawable.ic_plus, context.getString(R.string.customers_add), R.color.primary) {
            addCustomer(page)
        }
        page.barView(add)
        val age = AgeNotice(page)
        val spinner = page.spinner(R.string.waiting)
        val company = page.text(Type.SECONDARY, color = R.color.muted)
        val emptyTitle = page.text(Type.SECTION, top = 32)
        val emptyBody = page.text(Type.BODY, color = R.color.muted)
        val list = context.column()
        page.content.put(list)
        val more = page.link(R.string.devices_more) { wanted.value += PART }
        page.tabs(route, stack)
        return { state ->
            spinner.shown(state.loading && state.problem == null)
            add.shown(state.companies.isNotEmpty())
            company.say(state.companies.joinToString(", ") { it.name }.ifEmpty { null })
            val isEmpty = !state.loading && state.customers.isEmpty()
            val hasCompany = state.companies.isNotEmpty()
            emptyTitle.say(context.getString(if (hasCompany) R.string.customers_empty_title else R.string.customers_no_company_title).takeIf { isEmpty })
            emptyBody.say(context.getString(if (hasCompany) R.string.customers_empty_body else R.string.customers_no_company_body).takeIf { isEmpty })
            more.shown(state.customers.size < state.total)
            age.show(state.problem, state.age)
            list.removeAllViews()
            state.customers.forEach { list.put(row(context, it, state.companyOf(it)), 8) }
        }
    }

    /** To the one company, or the person says to which. */
    private fun addCustomer(page: Page) {
        val companies = state.value.companies
        fun addTo(company: Membership) = stack.go(Route.AddCustomer(company.organization))
        companies.singleOrNull()?.let(::addTo) ?: page.menu(page.view, companies.map { it.name }) { at -> addTo(companies[at]) }
    }

    private fun row(context: Context, customer: Customer, company: String?): LinearLayout {
        val words = context.column().apply {
            put(context.textView(Type.BODY).apply { text = customer.fullName })
            put(context.textView(Type.SECONDARY, R.color.muted).apply { text = customer.email })
            company?.let { put(context.textView(Type.SECONDARY, R.color.muted).apply { text = it }) }
            put(context.accessRow(customer), 4)
        }
        val action = context.textView(Type.BODY, R.color.primary).apply {
            // Whoever has not answered yet has no app that could be opened.
            setText(if (customer.grant == null || customer.state == CustomerState.WAITING) R.string.customers_edit else R.string.customers_link)
        }
        return context.card { stack.go(Route.OneCustomer(customer.id)) }.apply {
            putWide(words)
            addView(action)
        }
    }
}

internal val Customer.fullName get() = "$givenName $familyName"

/** What the company may do there, in words with a sign. */
internal fun Context.accessRow(customer: Customer): LinearLayout {
    val until = customer.until
    val (words, sign, color) = when {
        customer.state == CustomerState.REFUSED -> Triple(getString(R.string.customer_refused), R.drawable.ic_error, R.color.danger)
        until != null && customer.state == CustomerState.WAITING -> Triple(getString(R.string.customer_waiting_until, spell(until)), R.drawable.ic_queued, R.color.warning)
        until != null -> Triple(getString(R.string.customer_access_until, spell(until)), R.drawable.ic_check, R.color.success)
        customer.state == CustomerState.WAITING -> Triple(getString(R.string.customer_waiting), R.drawable.ic_queued, R.color.warning)
        customer.pending != null -> Triple(getString(R.string.customer_asked), R.drawable.ic_queued, R.color.warning)
        else -> Triple(getString(withoutAccess(customer.asked)), R.drawable.ic_offline, R.color.muted)
    }
    return statusRow(words, sign, color)
}

/** Why there is no access, as far as the last question tells. */
private fun withoutAccess(asked: RequestState?): Int = when (asked) {
    RequestState.DECLINED -> R.string.customer_declined
    RequestState.EXPIRED -> R.string.customer_unanswered
    RequestState.WITHDRAWN -> R.string.customer_withdrawn
    else -> R.string.customer_no_access
}
