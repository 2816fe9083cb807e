// Packages the apps for phones, with Google's tools: `gradle :customer-app:assembleRelease`. Gradle 9, JDK 17 or newer,
// an Android SDK. Checked by reading only: README.md, "The apps, and what is checked here". Tests run by android/check.

pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
    // All versions stand in pom.xml.
    val version = Regex("<android.gradle.version>(.*)</").find(file("pom.xml").readText())!!.groupValues[1]
    plugins {
        id("com.android.application") version version
        id("com.android.library") version version
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "porchlight-android"
include("bridge", "screens", "customer-app", "partner-app")
