using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.Tests.Schema;

/// <summary>A custom resource with every schema feature that an operator's own resource might use.</summary>
internal static class Widgets
{
    public static readonly SchemaRegistry Registry = new();

    public static readonly ObjectSchema Schema = Registry.FromCrd(Definition(), "v1");

    public static JsonObject Definition(string? specSchema = null) => JsonNode.Parse($$"""
        {
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
          "metadata": {"name": "widgets.facts.example.com"},
          "spec": {
            "group": "facts.example.com", "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
            "versions": [{
              "name": "v1", "served": true, "storage": true,
              "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"} },
              "schema": {"openAPIV3Schema": {"type": "object", "required": ["spec"], "properties": {
                "spec": {{specSchema ?? SpecSchema}},
                "status": {"type": "object", "properties": {
                  "phase": {"type": "string", "default": "Unknown"},
                  "replicas": {"type": "integer"},
                  "conditions": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["type"],
                    "items": {"type": "object", "required": ["type"], "properties": {
                      "type": {"type": "string"}, "status": {"type": "string"}, "lastTransitionTime": {"type": "string", "format": "date-time"} } } }
                } }
              } } }
            }]
          }
        }
        """)!.AsObject();

    /// <summary>A widget with the given spec, in JSON.</summary>
    public static JsonObject Widget(string spec, string? extra = null) => JsonNode.Parse(
        $$"""{"apiVersion":"facts.example.com/v1","kind":"Widget","metadata":{"name":"s","namespace":"ns"},"spec":{{spec}}{{(extra is null ? "" : "," + extra)}}}""")!
        .AsObject();

    private const string SpecSchema = """
        {"type": "object",
         "x-kubernetes-validations": [
           {"rule": "!has(oldSelf.fixed) || has(self.fixed)", "message": "fixed cannot be removed"},
           {"rule": "!has(self.replicas) || self.replicas <= 9", "message": "too many replicas", "fieldPath": ".replicas", "reason": "FieldValueForbidden"}],
         "properties": {
           "color": {"type": "string", "enum": ["red", "green", "blue"], "default": "red"},
           "replicas": {"type": "integer", "minimum": 0, "default": 1},
           "detail": {"type": "string", "maxLength": 10},
           "code": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
           "ratio": {"type": "number", "exclusiveMinimum": true, "minimum": 0, "maximum": 1, "multipleOf": 0.25},
           "when": {"type": "string", "format": "date-time"},
           "note": {"type": "string", "nullable": true},
           "fixed": {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "fixed is immutable"}]},
           "list": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
           "setl": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"} },
           "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
             "items": {"type": "object", "required": ["name"], "properties": {
               "name": {"type": "string"}, "port": {"type": "integer"}, "proto": {"type": "string", "default": "TCP"} } } },
           "labels": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1, "maxProperties": 2},
           "target": {"x-kubernetes-int-or-string": true},
           "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true, "properties": {"known": {"type": "object", "properties": {"a": {"type": "string"} } } } },
           "opts": {"type": "object", "properties": {"level": {"type": "integer", "default": 3}, "mode": {"type": "string"} } },
           "atom": {"type": "object", "x-kubernetes-map-type": "atomic", "properties": {"a": {"type": "string"}, "b": {"type": "string"} } }
         } }
        """;
}
