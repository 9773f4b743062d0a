/// The version of the program; CHANGELOG.md has what each one brought.
let version = "0.1.0-dev"
