using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes;

/// <summary>All messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Critical, "Background loop {Loop} died; the liveness probe fails from now on")]
    public static partial void LoopDied(ILogger logger, Exception? exception, string loop);

    [LoggerMessage(110, LogLevel.Debug, "Listed {Count} {Kind} in {Namespace} at version {Version}")]
    public static partial void Listed(ILogger logger, string kind, string @namespace, int count, string version);

    [LoggerMessage(111, LogLevel.Debug, "Watch of {Kind} is too old, listing again: {Reason}")]
    public static partial void WatchExpired(ILogger logger, string kind, string reason);

    [LoggerMessage(112, LogLevel.Warning, "Watch of {Kind} in {Namespace} failed, next try in {Wait}")]
    public static partial void WatchFailed(ILogger logger, Exception exception, string kind, string @namespace, TimeSpan wait);

    [LoggerMessage(113, LogLevel.Warning, "{Kind} {Name} at version {Version} cannot be read and is {Treatment}: {Problem}")]
    public static partial void ObjectUnreadable(ILogger logger, string kind, string name, string version, string treatment, string problem);

    [LoggerMessage(114, LogLevel.Warning, "Namespace {Namespace} does not exist or is being deleted: it counts as empty, and is looked at again each minute")]
    public static partial void NamespaceGone(ILogger logger, string @namespace);

    [LoggerMessage(115, LogLevel.Information, "Namespace {Namespace} is watched again")]
    public static partial void NamespaceReturned(ILogger logger, string @namespace);

    [LoggerMessage(120, LogLevel.Information, "Controller {Controller} runs with {Workers} workers")]
    public static partial void ControllerStarted(ILogger logger, string controller, int workers);

    [LoggerMessage(121, LogLevel.Information, "Controller {Controller} stopped")]
    public static partial void ControllerStopped(ILogger logger, string controller);

    [LoggerMessage(122, LogLevel.Error, "Controller {Controller} cannot tell whom a change of {Name} concerns")]
    public static partial void MappingFailed(ILogger logger, Exception exception, string controller, string name);

    [LoggerMessage(123, LogLevel.Debug, "Controller {Controller}: {Name} was changed meanwhile, trying again: {Conflict}")]
    public static partial void PassConflicted(ILogger logger, string controller, string name, string conflict);

    [LoggerMessage(125, LogLevel.Debug, "Controller {Controller}: the namespace of {Name} is being deleted: {Refusal}")]
    public static partial void PassOutlived(ILogger logger, string controller, string name, string refusal);

    [LoggerMessage(124, LogLevel.Error, "Controller {Controller}: pass for {Name} failed, retry {Retry} follows")]
    public static partial void PassFailed(ILogger logger, Exception exception, string controller, string name, int retry);

    [LoggerMessage(130, LogLevel.Information, "{Identity} leads (lease {Lease})")]
    public static partial void LeadershipAcquired(ILogger logger, string identity, string lease);

    [LoggerMessage(131, LogLevel.Error, "{Identity} lost the lease {Lease}: {Reason}")]
    public static partial void LeadershipLost(ILogger logger, string identity, string lease, string reason);

    [LoggerMessage(132, LogLevel.Information, "{Identity} released the lease {Lease}")]
    public static partial void LeadershipReleased(ILogger logger, string identity, string lease);

    [LoggerMessage(133, LogLevel.Warning, "Lease {Lease} could not be {Action}")]
    public static partial void LeaseRequestFailed(ILogger logger, Exception exception, string lease, string action);

    [LoggerMessage(134, LogLevel.Information, "Lease {Lease} is held by {Holder}")]
    public static partial void LeaseHeldByOther(ILogger logger, string lease, string holder);

    [LoggerMessage(140, LogLevel.Warning, "Event {Reason} of {Name} could not be written")]
    public static partial void EventFailed(ILogger logger, Exception exception, string reason, string name);

    [LoggerMessage(141, LogLevel.Debug, "Event {Reason} of {Name} was dropped: {Because}")]
    public static partial void EventDropped(ILogger logger, string reason, string name, string because);

    [LoggerMessage(150, LogLevel.Debug, "{Verb} {Kind} answered {Code}, trying again in {Wait}")]
    public static partial void RequestRetried(ILogger logger, string verb, string kind, int code, TimeSpan wait);

    [LoggerMessage(160, LogLevel.Debug, "Applied {Kind} {Name}: {Outcome}")]
    public static partial void Applied(ILogger logger, string kind, string name, string outcome);
}
