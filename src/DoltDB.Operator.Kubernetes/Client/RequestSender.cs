using System.Globalization;
using System.Net.Http.Headers;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Rates;
using Microsoft.Extensions.Logging;

namespace DoltDB.Operator.Kubernetes.Client;

/// <summary>
/// Sends requests: credentials, client-side rate limit, deadline, the waits that the server asks for, metrics. Disposes every answer.
/// </summary>
internal sealed class RequestSender(
    HttpClient http,
    IClientCredentials credentials,
    KubernetesClientOptions options,
    TimeProvider time,
    KubernetesMetrics metrics,
    ILogger logger)
{
    private const int MostAttempts = 5;
    private readonly TokenBucket limiter = new(options.RequestsPerSecond, options.RequestBurst, time);

    /// <summary>Sends the request and parses the answer's body.</summary>
    public async Task<T> SendAsync<T>(ApiRequest request, BodyParser<T> parse, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var response = await AnswerAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return await ResponseBody.ReadAsync(response.Content, parse, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(request, exception);
        }
    }

    /// <summary>Sends the request and returns the open answer, which the caller disposes. The deadline covers the headers only.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await AnswerAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(request, exception);
        }
    }

    /// <summary>
    /// What a cancellation means that the caller did not ask for: the deadline passed, or a limit of the transport's own did, such as the
    /// one for connecting, which it reports as a cancellation too.
    /// </summary>
    private TimeoutException Late(ApiRequest request, OperationCanceledException exception) => exception.InnerException is TimeoutException limit
        ? new($"{request.Verb} {request.Kind}: the API server cannot be reached: {limit.Message}", exception)
        : new($"{request.Verb} {request.Kind}: no answer from the API server within {options.Deadline.TotalSeconds} s", exception);

    /// <summary>The successful answer, after as many attempts as the server's requests to wait allow.</summary>
    private async Task<HttpResponseMessage> AnswerAsync(ApiRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            var response = await AttemptAsync(request, completion, cancellationToken);
            if (response.IsSuccessStatusCode)
                return response;
            KubernetesException failure;
            using (response)
                failure = await ResponseBody.ReadFailureAsync(response, time, cancellationToken);
            if (failure.Code == 401 && attempt == 1)
            {
                // The credentials may just have been rotated.
                credentials.Invalidate();
                continue;
            }

            var left = options.Deadline - time.GetElapsedTime(started);
            if (attempt >= MostAttempts || WaitAskedFor(request, failure) is not { } wait || wait >= left)
                throw failure;
            Log.RequestRetried(logger, request.Verb, request.Kind, failure.Code, wait);
            await Task.Delay(wait, time, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> AttemptAsync(ApiRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        var wait = limiter.Reserve();
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
        using var message = request.ToMessage();
        if (await credentials.GetTokenAsync(cancellationToken) is { } token)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var started = time.GetTimestamp();
        var code = "error";
        try
        {
            var response = await http.SendAsync(message, completion, cancellationToken);
            code = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return response;
        }
        finally
        {
            metrics.Requested(request.Verb, request.Kind, code, time.GetElapsedTime(started));
        }
    }

    /// <summary>
    /// How long the server wants the request to wait, or null when it may not be sent again: a write that timed out on the server may
    /// have been done.
    /// </summary>
    private static TimeSpan? WaitAskedFor(ApiRequest request, KubernetesException failure)
    {
        if (failure.RetryAfter is not { } asked)
            return null;
        var again = failure.Code switch
        {
            429 => !request.TooManyRequestsIsAnAnswer,
            503 => true,
            >= 500 => request.Method == HttpMethod.Get,
            _ => false,
        };
        return again ? asked : null;
    }
}
