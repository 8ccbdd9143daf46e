// Where a camera's live picture is shown: while this is to be seen, the program's one view lies in it.
import QtQuick
import KioskUi

Item {
    id: place

    required property CameraFeed feed
    property string viewName

    onVisibleChanged: visible ? show() : leave()
    Component.onCompleted: {
        if (visible)
            show();
    }
    Component.onDestruction: leave()

    function show() {
        LiveView.parent = place;
        LiveView.objectName = viewName;
        LiveView.feed = feed;
    }
    function leave() {
        if (LiveView.parent === place) {
            LiveView.feed = null;
            LiveView.parent = null;
        }
    }
}
