plugins { id("com.android.application") }

val versions: Map<String, String> by extra

android {
    namespace = "io.porchlight.customer"
    compileSdk = versions.getValue("android.compile.api").toInt()
    defaultConfig {
        applicationId = "io.porchlight.customer"
        minSdk = versions.getValue("android.minimum").toInt()
        targetSdk = versions.getValue("android.target.api").toInt()
    }
    buildTypes.named("release") {
        isMinifyEnabled = true
        proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
    }
    sourceSets.named("main") { kotlin.srcDirs("src/main/kotlin") }
}

dependencies { implementation(project(":screens")) }
