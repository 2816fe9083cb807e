plugins { id("com.android.library") }

val versions: Map<String, String> by extra
val phone = rootDir.resolve("../target/phone")

android {
    namespace = "io.porchlight.bridge"
    compileSdk = versions.getValue("android.compile.api").toInt()
    defaultConfig {
        minSdk = versions.getValue("android.minimum").toInt()
        consumerProguardFiles("consumer-rules.pro")
    }
    sourceSets.named("main") {
        kotlin.srcDirs("src/main/kotlin", phone.resolve("kotlin"))
        jniLibs.srcDirs(phone.resolve("jniLibs"))
    }
}

val phoneLibrary by tasks.registering(Exec::class) { commandLine("../build/phone-library") }
tasks.named("preBuild") { dependsOn(phoneLibrary) }

dependencies {
    api("org.jetbrains.kotlinx:kotlinx-coroutines-android:${versions["coroutines.version"]}")
    implementation("net.java.dev.jna:jna:${versions["jna.version"]}@aar")
}
