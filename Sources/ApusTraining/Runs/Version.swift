/// The version of Apus; CHANGELOG.md has what each one brought.
package let version = "0.1.0-dev"
