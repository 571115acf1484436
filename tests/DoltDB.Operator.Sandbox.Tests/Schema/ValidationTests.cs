using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.Tests.Schema;

public sealed class ValidationTests
{
    [Theory]
    [InlineData("""{"color":"pink"}""", "FieldValueNotSupported", """spec.color: Unsupported value: "pink": supported values: "red", "green", "blue" """)]
    [InlineData("""{"replicas":10}""", "FieldValueForbidden", "spec.replicas: Forbidden: too many replicas")]
    [InlineData("""{"detail":"12345678901"}""", "FieldValueTooLong", "spec.detail: Too long: may not be more than 10 bytes")]
    [InlineData("""{"list":5}""", "FieldValueTypeInvalid", """spec.list: Invalid value: "integer": spec.list in body must be of type array: "integer" """)]
    [InlineData("""{"replicas":"x"}""", "FieldValueTypeInvalid", """spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string" """)]
    [InlineData("""{"target":1.5}""", "FieldValueTypeInvalid", """spec.target: Invalid value: "number": spec.target in body must be of type integer,string: "number" """)]
    [InlineData("""{"setl":["a","a"]}""", "FieldValueDuplicate", """spec.setl[1]: Duplicate value: "a" """)]
    [InlineData("""{"ports":[{"name":"x"},{"name":"x"}]}""", "FieldValueDuplicate", """spec.ports[1]: Duplicate value: {"name":"x"}""")]
    [InlineData("""{"ports":[{"port":1}]}""", "FieldValueRequired", "spec.ports[0].name: Required value")]
    [InlineData("""{"code":"A1"}""", "FieldValueInvalid", """spec.code: Invalid value: "A1": spec.code in body should match '^[a-z]+$'""")]
    [InlineData("""{"code":"a"}""", "FieldValueInvalid", """spec.code: Invalid value: "a": spec.code in body should be at least 2 chars long""")]
    [InlineData("""{"list":[]}""", "FieldValueInvalid", "spec.list: Invalid value: 0: spec.list in body should have at least 1 items")]
    [InlineData("""{"list":["a","b","c","d"]}""", "FieldValueTooMany", "spec.list: Too many: 4: must have at most 3 items")]
    [InlineData("""{"labels":{}}""", "FieldValueInvalid", "spec.labels: Invalid value: 0: spec.labels in body should have at least 1 properties")]
    [InlineData("""{"labels":{"a":"1","b":"2","c":"3"}}""", "FieldValueTooMany", "spec.labels: Too many: 3: must have at most 2 items")]
    [InlineData("""{"ratio":0}""", "FieldValueInvalid", "spec.ratio: Invalid value: 0: spec.ratio in body should be greater than 0")]
    [InlineData("""{"ratio":1.25}""", "FieldValueInvalid", "spec.ratio: Invalid value: 1.25: spec.ratio in body should be less than or equal to 1")]
    [InlineData("""{"ratio":0.3}""", "FieldValueInvalid", "spec.ratio: Invalid value: 0.3: spec.ratio in body should be a multiple of 0.25")]
    [InlineData("""{"when":"soon"}""", "FieldValueTypeInvalid", """spec.when: Invalid value: "soon": spec.when in body must be of type date-time: "soon" """)]
    public void A_broken_limit_is_reported_in_the_words_of_the_api(string spec, string reason, string text)
    {
        var problem = Widgets.Schema.Validate(Widgets.Widget(spec), null)[0];

        problem.Text.ShouldBe(text.Trim());
        problem.Reason.ShouldBe(reason);
    }

    [Fact]
    public void A_negative_replica_count_is_refused_by_the_schema_and_by_the_scale_subresource()
    {
        Widgets.Schema.Validate(Widgets.Widget("""{"replicas":-1}"""), null).Select(p => p.Text).ShouldBe(
        [
            "spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0",
            ".spec.replicas: Invalid value: -1: should be a non-negative integer",
        ]);
    }

    [Fact]
    public void Rules_are_not_run_on_a_malformed_object_and_the_answer_says_so()
    {
        var problems = Widgets.Schema.Validate(Widgets.Widget("""{"replicas":99,"color":"pink"}"""), null);

        problems.Select(p => p.Text).ShouldBe(
        [
            """spec.color: Unsupported value: "pink": supported values: "red", "green", "blue" """.Trim(),
            "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
        ]);
    }

    [Fact]
    public void A_missing_spec_is_required()
    {
        var widget = Widgets.Widget("{}");
        widget.Remove("spec");

        Widgets.Schema.Validate(widget, null)[0].Text.ShouldBe("spec: Required value");
    }

    [Fact]
    public void An_immutable_field_may_be_set_at_first_but_not_changed_or_removed()
    {
        var old = Widgets.Widget("""{"fixed":"one"}""");

        Widgets.Schema.Validate(old, null).ShouldBeEmpty();
        Widgets.Schema.Validate(Widgets.Widget("""{"fixed":"one"}"""), old).ShouldBeEmpty();
        Widgets.Schema.Validate(Widgets.Widget("""{"fixed":"two"}"""), old).Single().Text
            .ShouldBe("""spec.fixed: Invalid value: "two": fixed is immutable""");
        Widgets.Schema.Validate(Widgets.Widget("{}"), old).Single().Text.ShouldBe("spec: Invalid value: fixed cannot be removed");
    }

    [Fact]
    public void A_condition_time_inside_a_list_names_its_index()
    {
        var widget = Widgets.Widget("{}", """ "status":{"conditions":[{"type":"Ready","lastTransitionTime":"x"}]} """);

        Widgets.Schema.Validate(widget, null)[0].Field.ShouldBe("status.conditions[0].lastTransitionTime");
    }

    [Fact]
    public void Every_built_in_kind_compiles_and_accepts_its_own_zero_value_types()
    {
        foreach (var kind in Widgets.Registry.BuiltIns)
        {
            var schema = Widgets.Registry.Find(kind.Group, kind.Version, kind.Kind).ShouldNotBeNull();
            schema.Validate(schema.ZeroValue.DeepClone().AsObject(), null).ShouldAllBe(p => p.Reason == "FieldValueRequired" || p.Reason == "FieldValueNotSupported");
        }

        Widgets.Registry.Find("example.com", "v1", "Nothing").ShouldBeNull();
        Widgets.Registry.BuiltIns.Count.ShouldBeGreaterThan(40);
    }

    [Fact]
    public void List_strategies_are_found_by_path()
    {
        var pod = Widgets.Registry.Find("", "v1", "Pod")!;

        pod.ListStrategy("spec", "containers").Kind.ShouldBe(ListKind.Map);
        pod.ListStrategy("spec", "containers", "ports").Keys.ShouldBe(["containerPort", "protocol"]);
        pod.ListStrategy("spec", "containers", "args").Kind.ShouldBe(ListKind.Atomic);
        pod.ListStrategy("metadata", "finalizers").Kind.ShouldBe(ListKind.Set);
        Widgets.Schema.ListStrategy("metadata", "ownerReferences").Keys.ShouldBe(["uid"]);
        Widgets.Schema.ListStrategy("spec", "nothing").Kind.ShouldBe(ListKind.Atomic);
    }
}
