/// Keys, and tokens that Python's `cryptography` signed with them. Nobody has the secrets any more.
enum OpenIDVectors {
    static let rsaModulus =
        "yXOJtZr_yZjo_RodCpotioRm5d7W-9vQ0pbur-hzD83gO3kjGozIrLK4o5_D-RnCYy9We9Z7Zv3K46uADYQjWoOKNFHw4MlI"
        + "ISVPee1s2tTi9G0aRVO2Wa7YmQ6vpgjiJj2X23198Qf5-Db0LV5na8tH6h1mCjjW8ZfL0KyPQqexy-ug-vM8tUcb8j_Xk15v"
        + "CMrTqj-FuxUM2gcNvxkOOqQL912PmhowuKFoG8qZA9tfRPQFFTnNmj0DpxFciGSvYt-3uZkgmhssycff8RK1aR_j_7HwSnTI"
        + "7aa_dVAFIHTjvCVC4JiC34eWoRKkt4N70-_7YV1scnILGcC1uARiRQ"
    static let smallModulus =
        "3kQdT479Lw5DvI7hqaQhEK8vlg-4HZ3Wt_Pl9EqtyhKfkJuhGNpz5GPVYTDJ0n7Ui7GwDEDDjBazuvRsNFLetiDIoB49DUET"
        + "gsMBQBw0PgiTcQSENWGzj-AEWtuMUVPWog_9apkRztpoUPeyO-pSwFWdVX4hcpoj8IRPtr2goi8"
    static let pointX =
        "dRRfJ1fDWR-2YcdfgKXSp974DD2bMCtqIM5JkiHUEhE"
    static let pointY =
        "vYup3Rg-CQIorYI5C6UvbOCjDRUo84Piu_AveZSwG5Q"
    /// Claims: `{"iss":"https://idp.example.com","sub":"1"}`.
    static let rs256 =
        "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6IjEifQ.Kr"
        + "nmDngcIi6bYKiCc2hITz3RpKX8zrYvTpw4n9upxnlnOFxXwuhV61SXJMTpRTwfqgw0Jffp4syGEbhq9Cawkc9MN-xyiz0rQS"
        + "OWHphIpMPT8KUFtKRZv_3Ynqqdh4ZMu3iLKPOTP3OHYDp1vmuFiwl4ANAUxZpXvutOynQt-mhE8BBHzmWQoOLpq_zFoVlNmc"
        + "FSxaRshk-Bi3keaA0Q3bwf0yVDTwCcJ2cN33EYd4e-6r95GXHitoC8_6j35qZS8y_dEr37uoX85YWi75v_SjBl5kHirDkYV5"
        + "-6RThT9PQHMOUN4f6dS1NmuLb0tkR5aIgQBpmZ25wiQ1_k-JpiOw"
    static let es256 =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6IjEifQ.DM"
        + "XbkVF9uwnXf1EN3OdU-Y21y10lqYh0g6o3_h9Lofy55luGSNMo2yiXWzUFnmLq0vGw0E6tG-krFdEl1hCK5A"
    /// RSA in another form than is taken.
    static let ps256 =
        "eyJhbGciOiJQUzI1NiIsImtpZCI6InIifQ.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbSIsInN1YiI6IjEifQ.GC"
        + "m5x5PT3C43iHyoUsEO0lNBVe9uPEWc0vma-jMy8K9dITSS8vNlR5rFxpbTL5Z2mvAzQFN1uUNx5-HY7KIEaentOmrP30BJuq"
        + "OqOR5hTjRoQzldvJc7RQH4-8ZrhNLojdK2GXHj9mwn3URUICvTT2dQ9c-lypAsa3yOoamZEy3sNTAvTK-eDv3xJE7piyJ_pR"
        + "YuM3eCIu8QmKGYIvAj-S1cLaYAOfLyvyeLY2zhVAj5Ayq1uouM_C84KUfveDpM1auF9Md1czvWqrZiSXS8zuSInwrWy_a1Ic"
        + "joWUaHgZhDa8ww6sJlacA7UN-rAdbWNj5u12b5eFp969QBJr_IUA"
}
