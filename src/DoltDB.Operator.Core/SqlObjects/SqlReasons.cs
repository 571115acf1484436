namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>Types and reasons of the conditions of SQL objects: what tools match and documents explain.</summary>
internal static class SqlReasons
{
    /// <summary>The condition type that says whether the object is as its spec wants it.</summary>
    public const string Ready = "Ready";

    /// <summary>The condition type of the Secret for applications.</summary>
    public const string ConnectionSecretReady = "ConnectionSecretReady";

    /// <summary>All is as the spec wants it.</summary>
    public const string Created = "Created";

    /// <summary>The spec asks for something that can never be done.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>The engine has no such thing.</summary>
    public const string UnsupportedByEngine = "UnsupportedByEngine";

    /// <summary>Another object manages the same thing.</summary>
    public const string Conflict = "Conflict";

    /// <summary>The account was there before the object, which does not say that it may be taken over.</summary>
    public const string AccountExists = "AccountExists";

    /// <summary>The DoltDB does not exist.</summary>
    public const string DoltDbNotFound = "DoltDBNotFound";

    /// <summary>The DoltDB has no primary that could be asked.</summary>
    public const string PrimaryUnavailable = "PrimaryUnavailable";

    /// <summary>The ExternalInstance does not exist.</summary>
    public const string InstanceNotFound = "InstanceNotFound";

    /// <summary>The DatabaseDriver does not exist, or does not serve the engine.</summary>
    public const string DriverNotFound = "DriverNotFound";

    /// <summary>The server's owner does not allow this namespace.</summary>
    public const string NotAllowed = "NotAllowed";

    /// <summary>There is no account with which the server could be managed.</summary>
    public const string CredentialsUnavailable = "CredentialsUnavailable";

    /// <summary>The server does not answer.</summary>
    public const string ServerUnreachable = "ServerUnreachable";

    /// <summary>The server refuses the administrator's password.</summary>
    public const string AccessDenied = "AccessDenied";

    /// <summary>What the object stands on is not there yet.</summary>
    public const string WaitingForDependency = "WaitingForDependency";

    /// <summary>The server refused a statement.</summary>
    public const string Failed = "Failed";

    /// <summary>The API server refused an object that belongs to this one.</summary>
    public const string Refused = "Refused";

    /// <summary>The password of the account is not there.</summary>
    public const string PasswordUnavailable = "PasswordUnavailable";

    /// <summary>The spec names another database than the one that was made.</summary>
    public const string NameChanged = "NameChanged";

    /// <summary>The spec names another server than the one on which the object was made.</summary>
    public const string ServerChanged = "ServerChanged";

    /// <summary>The object is deleted and an annotation protects it.</summary>
    public const string DeletionProtected = "DeletionProtected";

    /// <summary>The object is deleted and nobody has decided about a last backup.</summary>
    public const string FinalBackupUndecided = "FinalBackupUndecided";

    /// <summary>What the object made is being removed.</summary>
    public const string Deleting = "Deleting";

    /// <summary>The work is under way.</summary>
    public const string InProgress = "InProgress";
}
