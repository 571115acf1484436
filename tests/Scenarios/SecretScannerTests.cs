using System.Text;
using System.Text.Json;
using DoltDB.Operator.Scenarios.Support;

namespace DoltDB.Operator.Scenarios;

/// <summary>That what looks for leaks would find one.</summary>
public sealed class SecretScannerTests
{
    private const string Password = "S3cret'\"/+ü&<word>";

    public static TheoryData<string, string> Planted => new()
    {
        { "plain", $"Access denied for {Password} at" },
        { "URL", $"mysql://app:{Uri.EscapeDataString(Password)}@db/shop" },
        { "form", $"?password={System.Net.WebUtility.UrlEncode(Password)}&x" },
        { "JSON", JsonSerializer.Serialize(Password, Kubernetes.Objects.KubernetesJson.Default.String) },
        { "hexadecimal", $"IDENTIFIED BY 0x{Convert.ToHexString(Encoding.UTF8.GetBytes(Password)).ToLowerInvariant()}" },
        { "base64", Encoded(Password) },
        { "base64", Encoded($"u:{Password}") },
        { "base64", Encoded($"u::{Password}@host") },
        { "base64", Encoded($"app:{Password}!") },
        { "base64 for URLs", Encoded($"app:{Password}!").Replace('+', '-').Replace('/', '_') },
    };

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_password_is_found(string form, string text) =>
        CreateSut().Find("a log", text).Select(leak => leak.Form).ShouldContain(form);

    [Theory]
    [InlineData("S3cret'\"/+u&<word>")]
    [InlineData("the Secret has no key password")]
    [InlineData("")]
    public void What_is_no_password_is_not_found(string text) => CreateSut().Find("a log", text).ShouldBeEmpty();

    [Fact]
    public void A_secret_that_would_be_found_everywhere_is_refused() =>
        Should.Throw<ArgumentException>(() => new SecretScanner([new("short", "12345")])).Message.ShouldContain("short is too short");

    private static SecretScanner CreateSut() => new([new("the password", Password)]);

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
