namespace StreamPipes.AspNetCore.Tests.Carriers;

/// <summary>What carries the bytes between a client and Kestrel, and which side is the near one.</summary>
public enum KestrelMedium
{
    /// <summary>A request that Kestrel has upgraded is near, <see cref="HttpClient"/>'s stream is far.</summary>
    UpgradedRequest,

    /// <summary><see cref="HttpClient"/>'s stream is near, the request that Kestrel has upgraded is far.</summary>
    HttpClient,

    /// <summary>The WebSocket in Kestrel is near.</summary>
    WebSocketInKestrel,

    /// <summary>The client of the WebSocket is near.</summary>
    WebSocketClient,
}
