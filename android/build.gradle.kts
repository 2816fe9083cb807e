plugins {
    id("com.android.application") apply false
    id("com.android.library") apply false
}

// The versions of pom.xml, by their names there.
val versions = Regex("<([a-z.]+\\.(?:version|minimum|api))>([^<]+)</").findAll(file("pom.xml").readText())
    .associate { it.groupValues[1] to it.groupValues[2] }

subprojects { extra["versions"] = versions }
