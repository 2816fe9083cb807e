import Bridge
import SwiftUI

struct SignInScreen: View {
    let session: SessionModel
    let unsent: [UnsentAct]
    /// Where a new password is chosen: in the browser.
    let passwordPage: URL?
    @Binding var path: [AppRoute]
    @Environment(\.openURL) private var openURL
    @State private var email = ""
    @State private var password = ""

    var body: some View {
        Page("sign_in_title") {
            if let notice { Notice(tone: tone, title: notice) }
            UnsentNotice(unsent: unsent, path: $path)
            ProblemNotice(problem: session.problem, fields: [.email, .password])
            TextField("field_email", text: $email)
                .textContentType(.username)
                .keyboardType(.emailAddress)
                .textInputAutocapitalization(.never)
            FieldProblem(problem: session.problem, field: .email)
            PasswordField(title: "field_password", text: $password)
                .submitLabel(.go)
                .onSubmit { Task { await signIn() } }
            FieldProblem(problem: session.problem, field: .password)
            if let passwordPage { Button("password_forgot") { openURL(passwordPage) } }
            Button("sign_in_register") {
                session.forgetProblem()
                path.append(.register)
            }
        } action: {
            PrimaryButton(session.isBusy ? "sign_in_busy" : "sign_in_action") { await signIn() }
                .disabled(session.isBusy)
        }
    }

    private var notice: LocalizedStringKey? {
        guard case .signedOut(.some(let reason)) = session.state else { return nil }
        return switch reason {
        case .addressVerified: "sign_in_address_verified"
        case .sessionEnded: "sign_in_session_ended"
        case .accountDisabled: "sign_in_account_disabled"
        case .secretsLost: "sign_in_secrets_lost"
        }
    }

    private var tone: Tone { session.state == .signedOut(reason: .addressVerified) ? .success : .warning }

    private func signIn() async {
        await session.signIn(email: email, password: password)
        // What was typed stays no longer than it is needed.
        if session.problem == nil { password = "" }
    }
}

struct RegisterScreen: View {
    let session: SessionModel
    @Environment(\.locale) private var locale
    @State private var givenName = ""
    @State private var familyName = ""
    @State private var email = ""
    @State private var password = ""

    var body: some View {
        Page("register_title") {
            ProblemNotice(problem: session.problem, fields: [.givenName, .familyName, .email, .password])
            TextField("field_given_name", text: $givenName)
            FieldProblem(problem: session.problem, field: .givenName)
            TextField("field_family_name", text: $familyName)
            FieldProblem(problem: session.problem, field: .familyName)
            TextField("field_email", text: $email)
                .textContentType(.username)
                .keyboardType(.emailAddress)
                .textInputAutocapitalization(.never)
            FieldProblem(problem: session.problem, field: .email)
            PasswordField(title: "field_new_password", text: $password, content: .newPassword)
            FieldProblem(problem: session.problem, field: .password)
            Text("register_password_rule").font(.subheadline).foregroundStyle(.secondary)
        } action: {
            PrimaryButton(session.isBusy ? "register_busy" : "register_action") {
                await session.register(
                    email: email, password: password, givenName: givenName, familyName: familyName, language: mailLanguage(locale))
            }
            .disabled(session.isBusy)
        }
    }
}

struct CodeScreen: View {
    let session: SessionModel
    @State private var code = ""

    var body: some View {
        Page("code_title") {
            Text("code_sent \(email)")
            if session.sentCodeAgain { Notice(tone: .success, title: "code_sent_again") }
            ProblemNotice(problem: session.problem, fields: [.code])
            TextField("field_code", text: $code)
                .textContentType(.oneTimeCode)
                .keyboardType(.numberPad)
            FieldProblem(problem: session.problem, field: .code)
            Button("code_again") { Task { await session.askForNewCode() } }
            Button("back") { Task { await session.goBack() } }
        } action: {
            PrimaryButton("code_action") { await session.verify(code: code) }.disabled(session.isBusy)
        }
    }

    private var email: String {
        switch session.state {
        case .codeNeeded(let email), .verifying(let email): email
        default: ""
        }
    }
}
