plugins { id("com.android.library") }

val versions: Map<String, String> by extra

android {
    namespace = "io.porchlight.screens"
    compileSdk = versions.getValue("android.compile.api").toInt()
    defaultConfig { minSdk = versions.getValue("android.minimum").toInt() }
    sourceSets.named("main") { kotlin.srcDirs("src/main/kotlin") }
}

dependencies { api(project(":bridge")) }
