using System.CommandLine;
using DoltDB.Kubectl;

// Every command ends when it is cancelled, and a mysql client below this program takes Ctrl-C itself: nothing is to be forced.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = Timeout.InfiniteTimeSpan };
return await PluginRoot.Create(PluginContext.OfProcess()).Parse(args).InvokeAsync(invocation);
