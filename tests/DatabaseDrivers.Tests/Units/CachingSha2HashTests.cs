using System.Text;
using DoltDB.Operator.Sql.Drivers.MySql;

namespace DatabaseDrivers.Tests.Units;

public sealed class CachingSha2HashTests
{
    /// <summary>The example of mode 7401 of hashcat, a program that shares no code with this one.</summary>
    [Fact]
    public void The_digest_is_MySQLs()
    {
        var salt = Convert.FromHexString("F9CC98CE08892924F50A213B6BC571A2C11778C5");
        var expected = Encoding.ASCII.GetString(Convert.FromHexString("625479393559393965414D45316477456B484F41316E64484742577A2E3162785353526B7554584647562F"));
        CachingSha2Hash.Digest("hashcat"u8.ToArray(), salt, 5000).ShouldBe(expected);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("a somewhat longer password than the digest is, to be repeated")]
    [InlineData("grüße 🐬")]
    public void A_hash_fits_its_password_and_no_other(string password)
    {
        var stored = CachingSha2Hash.Create(password);
        stored.Length.ShouldBe(70);
        stored.ShouldStartWith("$A$005$");
        CachingSha2Hash.Verify(stored, password).ShouldBeTrue();
        CachingSha2Hash.Verify(stored, password + "x").ShouldBeFalse();
        CachingSha2Hash.Create(password).ShouldNotBe(stored);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19")]
    public void What_is_no_hash_fits_nothing(string stored) => CachingSha2Hash.Verify(stored, "password").ShouldBeFalse();
}
