package io.porchlight.screens

/** A main place with nothing to show yet: it says what will be there. */
internal class EmptyScreen(
    override val route: Route,
    private val stack: Stack,
    private val title: Int,
    private val what: Int,
    private val why: Int,
) : Screen<Unit>(Unit) {
    override fun build(page: Page): (Unit) -> Unit {
        val context = page.context
        page.bar(context.getString(title))
        page.text(Type.SECTION, context.getString(what), top = 48)
        page.text(Type.BODY, context.getString(why), R.color.muted)
        page.tabs(route, stack)
        return {}
    }
}

/** The partner app's first screen; what stands on it comes with consent. */
internal fun customersScreen(stack: Stack) =
    EmptyScreen(Route.Customers, stack, R.string.customers_title, R.string.customers_empty_title, R.string.customers_empty_body)

/** Who else sees a person's places; inviting comes with people. */
internal fun peopleScreen(stack: Stack) =
    EmptyScreen(Route.People, stack, R.string.tab_people, R.string.people_empty_title, R.string.people_empty_body)
