using DoltDB.Operator.Sql.Drivers.PostgreSql;

namespace DatabaseDrivers.Tests.Units;

public sealed class ScramVerifierTests
{
    /// <summary>The keys of the example conversation of RFC 7677.</summary>
    private const string Pencil =
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";

    [Fact]
    public void The_keys_are_those_of_the_standard()
    {
        ScramVerifier.Verify(Pencil, "pencil").ShouldBeTrue();
        ScramVerifier.Verify(Pencil, "Pencil").ShouldBeFalse();
    }

    [Fact]
    public void A_verifier_fits_its_password_and_is_another_each_time()
    {
        var verifier = ScramVerifier.Create("s3cret");
        ScramVerifier.Is(verifier).ShouldBeTrue();
        ScramVerifier.Verify(verifier, "s3cret").ShouldBeTrue();
        ScramVerifier.Create("s3cret").ShouldNotBe(verifier);
    }

    [Theory]
    [InlineData("")]
    [InlineData("md5a6343a68d964ca596d9752250d54bb8a")]
    [InlineData("SCRAM-SHA-256$")]
    [InlineData("SCRAM-SHA-256$0:W22ZaJ0SNY7soEsUEjb6gQ==$x:y")]
    [InlineData("SCRAM-SHA-256$4096:no base64$x:y")]
    public void What_is_no_verifier_fits_nothing(string stored) => ScramVerifier.Verify(stored, "pencil").ShouldBeFalse();
}
