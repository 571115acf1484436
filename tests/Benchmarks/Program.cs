using System.CommandLine;
using DoltDB.Operator.Benchmarks;

var count = new Option<int>("--count") { Description = "How many DoltDBs.", DefaultValueFactory = _ => 100 };
var replicas = new Option<int>("--replicas") { Description = "Servers of each DoltDB.", DefaultValueFactory = _ => 2 };
var pods = new Option<bool>("--pods") { Description = "Run the pods with the simulated Dolt; without it only the StatefulSets come to be.", DefaultValueFactory = _ => true };
var idle = new Option<int>("--idle-seconds") { Description = "How long to count requests once nothing changes any more.", DefaultValueFactory = _ => 60 };
var program = new Option<string>("--operator") { Description = "The published executable: make publish.", DefaultValueFactory = _ => "artifacts/publish/doltdb-operator" };

var start = new Command("start", "From the start of the process until /readyz answers 200; memory with nothing to do.") { program };
start.SetAction((result, token) => StartBenchmark.RunAsync(result.GetValue(program)!, token));

var clusters = new Command("clusters", "Apply many DoltDBs at once: time until all StatefulSets exist and all are Ready, memory, requests when idle.") { program, count, replicas, pods, idle };
clusters.SetAction((result, token) => ClustersBenchmark.RunAsync(
    new ClustersBenchmarkOptions
    {
        Program = result.GetValue(program)!,
        Count = result.GetValue(count),
        Replicas = result.GetValue(replicas),
        RunsPods = result.GetValue(pods),
        Idle = TimeSpan.FromSeconds(result.GetValue(idle)),
    },
    token));

var handOvers = new Option<int>("--count") { Description = "How many hand-overs.", DefaultValueFactory = _ => 1000 };
var switchover = new Command("switchover", "Planned hand-overs under a client that writes as fast as it can: how long it is refused; fails when a confirmed write is lost.") { program, handOvers };
switchover.SetAction((result, token) => SwitchoverBenchmark.RunAsync(result.GetValue(program)!, result.GetValue(handOvers), token));

var kills = new Option<int>("--count") { Description = "How many kills.", DefaultValueFactory = _ => 200 };
var failover = new Command("failover", "kill -9 of the primary with failover.delaySeconds 3: time until the next confirmed write.") { program, kills };
failover.SetAction((result, token) => FailoverBenchmark.RunAsync(result.GetValue(program)!, result.GetValue(kills), token));

var objectCount = new Option<int>("--count") { Description = "How many objects: a third each of Databases, Users and Grants.", DefaultValueFactory = _ => 1000 };
var objects = new Command("objects", "Apply many Databases, Users and Grants on one DoltDB at once: time until all are Ready, and writes after that.") { program, objectCount, idle };
objects.SetAction((result, token) => ObjectsBenchmark.RunAsync(result.GetValue(program)!, result.GetValue(objectCount), TimeSpan.FromSeconds(result.GetValue(idle)), token));

var root = new RootCommand("Measures the operator as a process of its own against the sandbox's API server.") { start, clusters, switchover, failover, objects };
return await root.Parse(args).InvokeAsync();
