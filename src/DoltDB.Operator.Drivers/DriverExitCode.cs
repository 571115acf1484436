namespace DoltDB.Operator.Drivers;

/// <summary>Exit codes of a driver, those of sysexits.h. Of 64, 65, 77 and 78 the pod is not started again.</summary>
public static class DriverExitCode
{
    /// <summary>Done; the result says what.</summary>
    public const int Ok = 0;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary><see cref="DriverError.Invalid"/> or <see cref="DriverError.Unsupported"/>.</summary>
    public const int Invalid = 65;

    /// <summary><see cref="DriverError.Unreachable"/>.</summary>
    public const int Unreachable = 69;

    /// <summary>The driver failed in a way that it did not foresee, or could not write its result.</summary>
    public const int Software = 70;

    /// <summary><see cref="DriverError.Refused"/>, or the driver was stopped: try again.</summary>
    public const int TryAgain = 75;

    /// <summary><see cref="DriverError.AccessDenied"/>.</summary>
    public const int AccessDenied = 77;

    /// <summary>The input cannot be read, or no driver is registered for the engine.</summary>
    public const int Configuration = 78;

    /// <summary>The exit code for an error.</summary>
    public static int Of(DriverError error) => error switch
    {
        DriverError.Unreachable => Unreachable,
        DriverError.AccessDenied => AccessDenied,
        DriverError.Unsupported or DriverError.Invalid => Invalid,
        DriverError.Refused => TryAgain,
        _ => Software,
    };
}
